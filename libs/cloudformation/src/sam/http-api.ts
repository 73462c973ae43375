// `AWS::Serverless::HttpApi` and the events that lead to it → an HTTP API with its document and a stage.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html
import { names } from '../names.ts'
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain } from '../node.ts'
import { call, entriesOf, mapOf, member, plant, textOf } from '../node.ts'
import { invocationUri, invokePermission, methodArn } from './arn.ts'
import { anyMethod, Definition } from './definition.ts'
import type { ApiEvent } from './events.ts'
import { HttpAuth } from './http-auth.ts'
import { idPart } from './output.ts'
import { checkProperties, keptOf } from './properties.ts'
import { givenDefinition, type ApiParts } from './rest-api.ts'

const table = {
  kept: ['Name', 'Description', 'DisableExecuteApiEndpoint', 'FailOnWarnings'],
  read: names(`
    StageName DefinitionBody DefinitionUri Auth CorsConfiguration StageVariables Tags AccessLogSettings
    DefaultRouteSettings RouteSettings
  `),
  idle: ['Domain', 'PropagateTags'],
}

const eventProperties = new Set(
  names(`
    Path Method ApiId Auth PayloadFormatVersion RouteSettings TimeoutInMillis
  `),
)

/** Adds the resources of an HTTP API. Throws {@link Problem}s. */
export function transformHttpApi(draft: Draft, parts: ApiParts): void {
  const { logicalId, properties } = draft
  const { output } = parts
  checkProperties(draft, table, output)
  const stageName = textOf(member(properties, 'StageName')) ?? '$default'
  const tags = tagMap(draft)
  output.add(draft, logicalId, 'AWS::ApiGatewayV2::Api', {
    ...keptOf(properties, table.kept),
    Body: bodyOf(draft, parts),
    Tags: tags,
  })
  const stageId =
    stageName === '$default' ? `${logicalId}ApiGatewayDefaultStage` : `${logicalId}${idPart(stageName)}Stage`
  output.add(draft, stageId, 'AWS::ApiGatewayV2::Stage', {
    ...keptOf(properties, ['AccessLogSettings', 'DefaultRouteSettings', 'StageVariables']),
    ApiId: call(draft, 'Ref', logicalId),
    StageName: stageName,
    AutoDeploy: true,
    RouteSettings: routeSettings(draft, parts.events),
    Tags: tags,
  })
  output.aliases.set(`${logicalId}.Stage`, stageId)
  for (const event of parts.events) {
    const permission = invokePermission(event.node, parts.callable(event), methodArn(event.node, logicalId, event))
    output.add(event.node, `${event.functionId}${event.name}Permission`, 'AWS::Lambda::Permission', permission)
  }
}

function bodyOf(draft: Draft, { events, callable, include, output }: ApiParts): Node {
  const given = givenDefinition(draft, include)
  const definition = new Definition(given ?? newDocument(draft))
  const auth = new HttpAuth(draft, output)
  if (given === undefined) {
    for (const event of events) addRoute(definition, event, { callable: callable(event), auth })
  }
  // In a document that the template brings, the default authorizer applies to every operation.
  auth.apply(definition, given !== undefined)
  const cors = corsOf(draft)
  if (cors !== undefined) definition.set('x-amazon-apigateway-cors', cors)
  return definition.node
}

function newDocument(draft: Draft): Node {
  return plant(draft, {
    openapi: '3.0.1',
    info: { version: '1.0', title: member(draft.properties, 'Name') ?? call(draft, 'Ref', 'AWS::StackName') },
    paths: {},
  })
}

function addRoute(definition: Definition, event: ApiEvent, parts: { callable: Node; auth: HttpAuth }): void {
  const { properties } = event
  for (const [name, node] of entriesOf(properties)) {
    if (!eventProperties.has(name)) {
      throw new Problem(`The event ${event.name} of ${event.functionId} has no property ${name}`, node)
    }
  }
  const path = event.path ?? '/$default'
  const verb = event.method === 'any' ? anyMethod : event.method
  // `ANY /pets` and `GET /pets` are two routes of an HTTP API; only the very same one is there twice.
  if (definition.verbsOf(path).includes(verb)) {
    throw new Problem(
      `The event ${event.name} of ${event.functionId}: ${event.method} ${path} is there already`,
      event.node,
    )
  }
  definition.put(path, verb, {
    isDefaultRoute: event.path === undefined ? true : undefined,
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: invocationUri(event.node, parts.callable),
      payloadFormatVersion: textOf(member(properties, 'PayloadFormatVersion')) ?? '2.0',
      timeoutInMillis: member(properties, 'TimeoutInMillis'),
    },
    responses: {},
    security: parts.auth.forEvent(event),
  })
}

const corsNames: Readonly<Record<string, string>> = {
  AllowCredentials: 'allowCredentials',
  AllowHeaders: 'allowHeaders',
  AllowMethods: 'allowMethods',
  AllowOrigins: 'allowOrigins',
  ExposeHeaders: 'exposeHeaders',
  MaxAge: 'maxAge',
}

/** SAM: `true` allows every origin and nothing else. */
function corsOf({ logicalId, properties }: Draft): Plain | undefined {
  const node = member(properties, 'CorsConfiguration')
  if (node === undefined || textOf(node) === 'false') return undefined
  if (textOf(node) === 'true') return { allowOrigins: ['*'] }
  const pairs = [...entriesOf(node)].map(([name, value]): [string, Node] => {
    const known = Object.hasOwn(corsNames, name) ? corsNames[name] : undefined
    if (known === undefined) throw new Problem(`${logicalId}: CorsConfiguration has no member ${name}`, value)
    return [known, value]
  })
  return Object.fromEntries(pairs)
}

/** The stage's own settings and those of events, by route key. */
function routeSettings(draft: Draft, events: readonly ApiEvent[]): Plain | undefined {
  const settings = new Map(entriesOf(member(draft.properties, 'RouteSettings')))
  for (const { path, method, properties } of events) {
    const own = member(properties, 'RouteSettings')
    const key = path === undefined ? '$default' : `${method.toUpperCase()} ${path}`
    if (own !== undefined) settings.set(key, own)
  }
  return settings.size === 0 ? undefined : mapOf(draft, settings)
}

function tagMap(draft: Draft): Plain {
  const tags = new Map(entriesOf(member(draft.properties, 'Tags')))
  return mapOf(draft, tags.set('httpapi:createdBy', plant(draft, 'SAM')))
}
