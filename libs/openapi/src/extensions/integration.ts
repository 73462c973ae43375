// `x-amazon-apigateway-integration` on an operation: the integration of a REST API's method and its responses.
import { booleanOf, entriesOf, enumOf, integerOf, member, textOf, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Operation } from '../read/operation.ts'
import type { Reading } from '../reading.ts'
import { present, recordOf } from '../record.ts'
import type { Integration, IntegrationResponse } from '../rest-description.ts'
import { readStrings, readTemplates } from './strings.ts'

const knownTypes: ReadonlySet<string> = new Set(['HTTP', 'HTTP_PROXY', 'AWS', 'AWS_PROXY', 'MOCK'])
const defaultTimeoutMs = 29_000
const statusCodeForm = /^[1-5]\d\d$/

/** Members that AWS's reader takes as plain values: an object there is what an unresolved `Fn::Sub` looks like. */
const scalarMembers = [
  'type',
  'uri',
  'httpMethod',
  'credentials',
  'connectionId',
  'connectionType',
  'passthroughBehavior',
]

interface Context {
  readonly operation: Operation
  readonly reading: Reading
}

/**
 * The method's integration with AWS's defaults (rest.md 14.2), or `undefined` when the operation has none.
 * Throws a `DocumentFault` with AWS's sentence when it is malformed.
 */
export function readIntegration(operation: Operation, reading: Reading): Integration | undefined {
  const node = reading.resolve(member(operation.node, 'x-amazon-apigateway-integration'))
  if (node === undefined) return undefined
  const context = { operation, reading }
  const type = checkedType(node, context)
  const mock = type === 'MOCK'
  return present<Integration>({
    type,
    // AWS: neither is kept for a mock — recorded, rest-recorded.md 6.1.
    httpMethod: mock ? undefined : enumOf(member(node, 'httpMethod')),
    uri: mock ? undefined : textOf(member(node, 'uri')),
    ...readConnection(node, type),
    credentials: textOf(member(node, 'credentials')),
    requestParameters: readStrings(member(node, 'requestParameters'), useOf('requestParameters', operation), reading),
    requestTemplates: readTemplates(member(node, 'requestTemplates')),
    passthroughBehavior: enumOf(member(node, 'passthroughBehavior')) ?? 'WHEN_NO_MATCH',
    contentHandling: enumOf(member(node, 'contentHandling')),
    timeoutInMillis: integerOf(member(node, 'timeoutInMillis')) ?? defaultTimeoutMs,
    cacheNamespace: textOf(member(node, 'cacheNamespace')),
    cacheKeyParameters: textsOf(member(node, 'cacheKeyParameters')),
    responseTransferMode: enumOf(member(node, 'responseTransferMode')),
    integrationResponses: readIntegrationResponses(member(node, 'responses'), context),
  })
}

function checkedType(node: Node, context: Context): string {
  const wrong = scalarMembers
    .map((name) => member(node, name))
    .find((value) => value !== undefined && value.kind !== 'scalar')
  if (wrong !== undefined) throw malformed(wrong, context, 'A plain value is expected here')
  if (node.kind !== 'map') throw malformed(node, context, 'An integration is a map')
  const timeout = member(node, 'timeoutInMillis')
  if (timeout !== undefined && integerOf(timeout) === undefined)
    throw malformed(timeout, context, 'A timeout is a number')
  const type = enumOf(member(node, 'type'))
  if (type !== undefined && knownTypes.has(type)) return type
  throw malformed(
    member(node, 'type') ?? node,
    context,
    `An integration's type is one of ${[...knownTypes].join(', ')}`,
  )
}

function malformed(node: Node, { operation, reading }: Context, detail: string): Error {
  const sentence = `Unable to parse API definition because of a malformed integration at path ${operation.path}.`
  return reading.fault(sentence, node, detail)
}

function useOf(name: string, { path, httpMethod }: Operation): { member: string; owner: string } {
  return { member: name, owner: `resource '${path}' and method '${httpMethod}'` }
}

type Connection = Pick<Integration, 'connectionType' | 'connectionId' | 'integrationTarget' | 'tlsConfig'>

function readConnection(node: Node, type: string): Connection {
  const http = type === 'HTTP' || type === 'HTTP_PROXY'
  const connectionType = enumOf(member(node, 'connectionType'))
  const insecure = booleanOf(member(member(node, 'tlsConfig'), 'insecureSkipVerification'))
  return present<Connection>({
    connectionType: http ? (connectionType ?? 'INTERNET') : connectionType === 'INTERNET' ? undefined : connectionType,
    connectionId: textOf(member(node, 'connectionId')),
    integrationTarget: textOf(member(node, 'integrationTarget')),
    tlsConfig: insecure === undefined ? undefined : { insecureSkipVerification: insecure },
  })
}

/** By status code; the key of the document is the selection pattern, `default` has none — recorded, 17. */
function readIntegrationResponses(
  node: Node | undefined,
  context: Context,
): Record<string, IntegrationResponse> | undefined {
  const responses = new Map<string, IntegrationResponse>()
  for (const [pattern, response] of entriesOf(node)) {
    const statusCode = textOf(member(response, 'statusCode'))
    if (statusCode === undefined || !statusCodeForm.test(statusCode)) {
      throw malformed(response, context, `The response '${pattern}' needs a statusCode of three digits`)
    }
    if (responses.has(statusCode)) {
      const { path, httpMethod } = context.operation
      const sentence = `Several integration responses with status code '${statusCode}' for method '${httpMethod} ${path}'. Ignoring all but the last.`
      context.reading.warn(sentence, response)
    }
    responses.set(statusCode, readIntegrationResponse(pattern, statusCode, response, context))
  }
  return responses.size === 0 ? undefined : recordOf(responses)
}

function readIntegrationResponse(
  pattern: string,
  statusCode: string,
  node: Node,
  { operation, reading }: Context,
): IntegrationResponse {
  return present<IntegrationResponse>({
    statusCode,
    selectionPattern: pattern === 'default' ? undefined : pattern,
    responseParameters: readStrings(
      member(node, 'responseParameters'),
      useOf('responseParameters', operation),
      reading,
    ),
    responseTemplates: readTemplates(member(node, 'responseTemplates')),
    contentHandling: enumOf(member(node, 'contentHandling')),
  })
}
