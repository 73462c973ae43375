// Mapping templates over a body of 1 KB, read before: rendered as a method does it, next to velocityjs with its parsed template kept.
import type { Bench } from 'tinybench'
import { Compile, parse } from 'velocityjs'
import { RequestParameters } from '../../gateway/src/nouns/request-parameters.ts'
import { JsonBody } from '../../gateway/src/steps/map/json-body.ts'
import { compileTemplates } from '../../gateway/src/steps/map/templates.ts'
import { method, received } from './event.ts'

const items = Array.from({ length: 12 }, (_, index) => ({
  id: `item-${index}`,
  name: `Article number ${index}`,
  count: index + 1,
  tags: ['new', 'sale'],
}))
const document = { customer: { id: 'c-17', city: 'Hamburg' }, items }

const texts = {
  small: `{"id": "$input.params('petId')", "stage": "$context.stage"}`,
  // The template that AWS's console offers as "Method request passthrough", without what velocityjs cannot do.
  passthrough: `#set($allParams = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"context" : {
    "http-method" : "$context.httpMethod",
    "stage" : "$context.stage",
    "source-ip" : "$context.identity.sourceIp",
    "request-id" : "$context.requestId"
    }
}
`,
  typical: `#set($order = $input.path('$'))
{
  "customer": "$order.customer.id",
  "city": "$util.escapeJavaScript($order.customer.city)",
  "positions": [
#foreach($item in $order.items)
    {"article": "$item.id", "title": "$item.name", "count": $item.count#if($item.count > 5), "bulk": true#end}#if($foreach.hasNext),#end

#end
  ]
}`,
}

const headers = Object.fromEntries(
  Array.from({ length: received.headers.length / 2 }, (_, index) => received.headers.slice(index * 2, index * 2 + 2)),
)

/** What API Gateway's variables are to velocityjs: plain objects with the few methods that the templates call. */
function plainContext(): object {
  const mapOf = (members: object): object => ({
    keySet: () => Object.keys(members),
    get: (name: string) => (members as Record<string, unknown>)[name],
  })
  const parameters = { path: received.pathParameters, querystring: { type: 'dog', page: '2' }, header: headers }
  return {
    input: {
      path: () => document,
      json: () => JSON.stringify(document),
      params: (name?: string) =>
        name === undefined
          ? mapOf(Object.fromEntries(Object.entries(parameters).map(([type, members]) => [type, mapOf(members)])))
          : received.pathParameters.petId,
    },
    util: { escapeJavaScript: (text: string) => text.replaceAll('"', '\\"').replaceAll("'", "\\'") },
    context: {
      httpMethod: 'GET',
      stage: 'dev',
      identity: { sourceIp: received.sourceIp },
      requestId: received.requestId,
    },
  }
}

export function addTemplates(bench: Bench): void {
  const body = new JsonBody(JSON.stringify(document))
  for (const [name, text] of Object.entries(texts)) {
    const template = compileTemplates({ 'application/json': text }, method.stage, 'request').first
    const exchange = { ...received, target: method }
    const tree = parse(text)
    bench.add(`template: ${name}`, () => {
      const parameters = new RequestParameters(exchange)
      const overrides = { requestOverride: undefined, responseOverride: undefined }
      template?.render({ exchange, parameters, body: () => body, overrides })
    })
    bench.add(`template: ${name}, velocityjs`, () => {
      new Compile(tree).render(plainContext())
    })
  }
}
