// `AWS::Serverless::Api` and the events that lead to it → a REST API with its document, a deployment, a stage.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
import { names } from '../names.ts'
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain } from '../node.ts'
import { booleanOf, call, entriesOf, itemsOf, member, plant, textOf } from '../node.ts'
import { invokePermission, methodArn } from './arn.ts'
import { Definition } from './definition.ts'
import type { ApiEvent } from './events.ts'
import { hashOf, idPart, shortHashLength, type Output } from './output.ts'
import { checkProperties, keptOf, requiredText, tagList } from './properties.ts'
import { resourcePolicyOf } from './resource-policy.ts'
import { RestAuth } from './rest-auth.ts'
import { addCors } from './rest-cors.ts'
import { addOperation } from './rest-operation.ts'
import type { UsagePlans } from './usage-plan.ts'

const table = {
  kept: names(`
    Name Description MinimumCompressionSize ApiKeySourceType DisableExecuteApiEndpoint Mode FailOnWarnings
    SecurityPolicy EndpointAccessMode Policy
  `),
  read: names(`
    StageName DefinitionBody DefinitionUri MergeDefinitions Auth Cors BinaryMediaTypes EndpointConfiguration
    GatewayResponses Models OpenApiVersion Tags AlwaysDeploy AccessLogSetting CacheClusterEnabled
    CacheClusterSize CanarySetting MethodSettings TracingEnabled Variables
  `),
  idle: ['Domain', 'PropagateTags'],
}

const stageProperties = names(`
    AccessLogSetting CacheClusterEnabled CacheClusterSize CanarySetting MethodSettings TracingEnabled
    Variables
  `)

/** The parts of the template that an API's transform uses. */
export interface ApiParts {
  readonly events: readonly ApiEvent[]
  /** The node that an event calls: a function or its alias. */
  readonly callable: (event: ApiEvent) => Node
  /** The document that `DefinitionUri` names. */
  readonly include: (location: string, node: Node) => Node
  readonly output: Output
  readonly usagePlans: UsagePlans
}

/** Adds the resources of a REST API. Throws {@link Problem}s. */
export function transformRestApi(draft: Draft, parts: ApiParts): void {
  const { logicalId, properties } = draft
  const { output } = parts
  checkProperties(draft, table, output)
  const stageName = requiredText(draft, 'StageName', member(properties, 'StageName'))
  const body = bodyOf(draft, parts)
  output.add(draft, logicalId, 'AWS::ApiGateway::RestApi', {
    ...keptOf(properties, table.kept),
    Body: body,
    BinaryMediaTypes: binaryMediaTypes(properties),
    EndpointConfiguration: endpointConfiguration(properties),
    Tags: tagList(draft, member(properties, 'Tags')),
  })
  const hash = hashOf(body)
  const deploymentId = `${logicalId}Deployment${hash.slice(0, shortHashLength)}`
  const stageId = `${logicalId}${idPart(stageName)}Stage`
  output.add(draft, deploymentId, 'AWS::ApiGateway::Deployment', {
    RestApiId: call(draft, 'Ref', logicalId),
    Description: `RestApi deployment id: ${hash}`,
  })
  output.add(draft, stageId, 'AWS::ApiGateway::Stage', {
    ...keptOf(properties, stageProperties),
    RestApiId: call(draft, 'Ref', logicalId),
    DeploymentId: call(draft, 'Ref', deploymentId),
    StageName: stageName,
    Tags: tagList(draft, member(properties, 'Tags')),
  })
  output.aliases.set(`${logicalId}.Stage`, stageId)
  output.aliases.set(`${logicalId}.Deployment`, deploymentId)
  for (const event of parts.events) addPermission(event, stageName, parts)
  parts.usagePlans.plan(draft, stageId)
}

function bodyOf(draft: Draft, { events, callable, include, output }: ApiParts): Node {
  const { properties } = draft
  const given = givenDefinition(draft, include)
  const definition = new Definition(given ?? newDocument(draft))
  const auth = new RestAuth(draft, output)
  const writesEvents = given === undefined || booleanOf(member(properties, 'MergeDefinitions')) === true
  if (writesEvents) for (const event of events) addOperation(definition, event, { callable: callable(event), auth })
  addCors(draft, definition)
  auth.apply(definition)
  const policy = resourcePolicyOf(draft, output)
  if (policy !== undefined) definition.set('x-amazon-apigateway-policy', policy)
  const models = definition.isSwagger ? ['definitions'] : ['components', 'schemas']
  definition.merge(models, lowerCased(member(properties, 'Models')))
  definition.merge(['x-amazon-apigateway-gateway-responses'], gatewayResponses(member(properties, 'GatewayResponses')))
  return definition.node
}

/** `DefinitionBody`, or the file that `DefinitionUri` names. Throws a {@link Problem} for an S3 location. */
export function givenDefinition(
  { logicalId, properties }: Draft,
  include: (location: string, node: Node) => Node,
): Node | undefined {
  const [body, uri] = [member(properties, 'DefinitionBody'), member(properties, 'DefinitionUri')]
  if (body !== undefined && uri !== undefined) {
    throw new Problem(`${logicalId}: DefinitionBody and DefinitionUri exclude each other`, uri)
  }
  if (body !== undefined || uri === undefined) return body
  const location = textOf(uri)
  if (location === undefined)
    throw new Problem(`${logicalId}: DefinitionUri is the path of a file; there is no S3`, uri)
  return include(location, uri)
}

function newDocument(draft: Draft): Node {
  return plant(draft, {
    swagger: '2.0',
    info: { version: '1.0', title: member(draft.properties, 'Name') ?? call(draft, 'Ref', 'AWS::StackName') },
    paths: {},
  })
}

/** SAM: models are named in lower case. */
function lowerCased(models: Node | undefined): Readonly<Record<string, Node>> {
  return Object.fromEntries([...entriesOf(models)].map(([name, node]) => [name.toLowerCase(), node]))
}

function gatewayResponses(node: Node | undefined): Readonly<Record<string, Plain>> {
  return Object.fromEntries(
    [...entriesOf(node)].map(([type, response]) => [
      type,
      {
        statusCode: member(response, 'StatusCode'),
        responseTemplates: member(response, 'ResponseTemplates'),
        responseParameters: responseParameters(member(response, 'ResponseParameters')),
      },
    ]),
  )
}

/** `{Headers: {X: …}}` → `gatewayresponse.header.X`. */
function responseParameters(node: Node | undefined): Plain | undefined {
  const pairs = (['Headers', 'Paths', 'QueryStrings'] as const).flatMap((group) =>
    [...entriesOf(member(node, group))].map(([name, value]): [string, Node] => [
      `gatewayresponse.${{ Headers: 'header', Paths: 'path', QueryStrings: 'querystring' }[group]}.${name}`,
      value,
    ]),
  )
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
}

/** SAM: `image~1png` is the old way to write `image/png`. */
function binaryMediaTypes(properties: Node): Plain | undefined {
  const types = member(properties, 'BinaryMediaTypes')
  return types === undefined ? undefined : itemsOf(types).map((type) => textOf(type)?.replaceAll('~1', '/') ?? type)
}

function endpointConfiguration(properties: Node): Plain | undefined {
  const node = member(properties, 'EndpointConfiguration')
  if (node === undefined) return undefined
  const type = node.kind === 'map' ? member(node, 'Type') : node
  return {
    Types: type === undefined ? undefined : [type],
    VpcEndpointIds: member(node, 'VPCEndpointIds'),
    IpAddressType: member(node, 'IpAddressType'),
  }
}

function addPermission(event: ApiEvent, stageName: string, { callable, output }: ApiParts): void {
  const { functionId, name, node, apiId } = event
  // SAM: a stage name that is no id itself is hashed.
  const suffix = idPart(stageName)
  const permission = invokePermission(
    node,
    callable(event),
    methodArn(node, apiId, { ...event, path: event.path ?? '/' }),
  )
  output.add(node, `${functionId}${name}Permission${suffix}`, 'AWS::Lambda::Permission', permission)
}
