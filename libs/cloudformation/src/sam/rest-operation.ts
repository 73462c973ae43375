// One event of type Api as an operation of the API's document: its integration, parameters, model and validator.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-api.html
import { names } from '../names.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { booleanOf, entriesOf, itemsOf, member, textOf } from '../node.ts'
import { invocationUri } from './arn.ts'
import { anyMethod, type Definition } from './definition.ts'
import type { ApiEvent } from './events.ts'
import type { RestAuth } from './rest-auth.ts'

const known = new Set(
  names(`
    Path Method RestApiId Auth RequestModel RequestParameters TimeoutInMillis ResponseTransferMode
  `),
)

/** Adds the operation. Throws a {@link Problem} where two events ask for the same method. */
export function addOperation(definition: Definition, event: ApiEvent, parts: { callable: Node; auth: RestAuth }): void {
  const { path = '/', properties } = event
  for (const [name, node] of entriesOf(properties)) {
    if (!known.has(name))
      throw new Problem(`The event ${event.name} of ${event.functionId} has no property ${name}`, node)
  }
  const verb = event.method === 'any' ? anyMethod : event.method
  if (definition.has(path, verb)) {
    throw new Problem(
      `The event ${event.name} of ${event.functionId}: ${event.method} ${path} is there already`,
      event.node,
    )
  }
  const { security, credentials } = parts.auth.forEvent(event)
  const given = parametersOf(event)
  const model = modelOf(definition, event)
  const parameters = [...given.parameters, ...(model.parameter === undefined ? [] : [model.parameter])]
  definition.put(path, verb, {
    parameters: parameters.length === 0 ? undefined : parameters,
    'x-amazon-apigateway-request-validator': model.validator,
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: invocationUri(event.node, parts.callable),
      credentials,
      timeoutInMillis: member(properties, 'TimeoutInMillis'),
      responseTransferMode: member(properties, 'ResponseTransferMode'),
      cacheKeyParameters: given.cached.length === 0 ? undefined : given.cached,
    },
    responses: {},
    security,
  })
}

const places: Readonly<Record<string, string>> = { header: 'header', querystring: 'query', path: 'path' }

/** `RequestParameters`: texts, or maps of one text with `Required` and `Caching`. */
function parametersOf({ properties, name: eventName }: ApiEvent): { parameters: Plain[]; cached: string[] } {
  const parameters: Plain[] = []
  const cached: string[] = []
  for (const item of itemsOf(member(properties, 'RequestParameters'))) {
    const [[text, settings] = [textOf(item), undefined]] = item.kind === 'map' ? item.entries : []
    const match = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(text ?? '')
    const [whole, place = '', name = ''] = match ?? []
    if (whole === undefined) {
      throw new Problem(`The event ${eventName}: a request parameter reads method.request.header.Name`, item)
    }
    const required = place === 'path' || booleanOf(member(settings, 'Required')) === true
    parameters.push({ name, in: places[place] ?? '', required, type: 'string' })
    if (booleanOf(member(settings, 'Caching')) === true) cached.push(whole)
  }
  return { parameters, cached }
}

/** `RequestModel`: the body's model, and the validator that `ValidateBody` and `ValidateParameters` ask for. */
function modelOf(definition: Definition, { properties }: ApiEvent): { parameter?: PlainMap; validator?: string } {
  const node = member(properties, 'RequestModel')
  const name = textOf(member(node, 'Model'))
  if (name === undefined) return {}
  const body = booleanOf(member(node, 'ValidateBody')) === true
  const parameters = booleanOf(member(node, 'ValidateParameters')) === true
  const required = booleanOf(member(node, 'Required'))
  const parameter = { in: 'body', name, schema: { $ref: `#/definitions/${name.toLowerCase()}` }, required }
  if (!body && !parameters) return { parameter }
  const validator = body && parameters ? 'body-and-params' : body ? 'body-only' : 'params-only'
  definition.merge(['x-amazon-apigateway-request-validators'], {
    [validator]: { validateRequestBody: body, validateRequestParameters: parameters },
  })
  return { parameter, validator }
}
