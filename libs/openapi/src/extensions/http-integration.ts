// `x-amazon-apigateway-integration` on an operation of an HTTP API, in place or by reference to a named one.
import type { HttpIntegration } from '../http-description.ts'
import { entriesOf, enumOf, integerOf, member, textOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Operation } from '../read/operation.ts'
import { titleOf } from '../read/operation.ts'
import type { Reading } from '../reading.ts'
import { present, recordOf } from '../record.ts'
import { referenceOf } from '../refs.ts'
import { readStrings } from './strings.ts'

const namedReference = /^#\/components\/x-amazon-apigateway-integrations\/([^/]+)$/
const knownTypes: ReadonlySet<string> = new Set(['AWS_PROXY', 'HTTP_PROXY'])
const defaultTimeoutMs = 30_000

/** The payload format of integrations that give none, as documents exported from REST APIs never do (http-websocket.md 15). */
const defaultPayloadFormat = '1.0'
const statusCodeForm = /^[2-5]\d\d$/

/** The integrations of a document, each once, in the order in which routes first need them. */
export class HttpIntegrations {
  private readonly reading: Reading
  private readonly byKey = new Map<string, HttpIntegration>()

  constructor(reading: Reading) {
    this.reading = reading
  }

  get all(): readonly HttpIntegration[] {
    return [...this.byKey.values()]
  }

  /** The key of the route's integration; `undefined` when the document gives none that an HTTP API can have. */
  keyFor(operation: Operation, routeKey: string): string | undefined {
    const written = member(operation.node, 'x-amazon-apigateway-integration')
    const node = this.reading.resolve(written)
    if (node === undefined) return undefined
    const name = namedReference
      .exec(referenceOf(written) ?? '')?.[1]
      ?.replaceAll('~1', '/')
      .replaceAll('~0', '~')
    if (name !== undefined && this.byKey.has(name)) return name
    const key = name ?? routeKey
    const integration = this.read(node, key, operation)
    if (integration === undefined) return undefined
    this.byKey.set(key, integration)
    return key
  }

  private read(node: Node, key: string, operation: Operation): HttpIntegration | undefined {
    const integrationType = enumOf(member(node, 'type'))
    if (integrationType === undefined || !knownTypes.has(integrationType)) {
      // AWS: only a warning; the route is made without integration (http-websocket.md 3.3). The words are ours.
      const sentence = `Unsupported integration type '${integrationType ?? ''}' for route '${titleOf(operation)}'. Ignoring.`
      this.reading.warn(sentence, member(node, 'type') ?? node)
      return undefined
    }
    const integrationSubtype = textOf(member(node, 'integrationSubtype'))
    const lambda = integrationType === 'AWS_PROXY' && integrationSubtype === undefined
    const owner = `route '${titleOf(operation)}'`
    return present<HttpIntegration>({
      key,
      integrationType,
      integrationSubtype,
      integrationMethod: enumOf(member(node, 'httpMethod')) ?? (lambda ? 'POST' : undefined),
      integrationUri: textOf(member(node, 'uri')),
      connectionType: enumOf(member(node, 'connectionType')) ?? 'INTERNET',
      connectionId: textOf(member(node, 'connectionId')),
      credentialsArn: textOf(member(node, 'credentials')),
      description: textOf(member(node, 'description')),
      payloadFormatVersion: textOf(member(node, 'payloadFormatVersion')) ?? defaultPayloadFormat,
      timeoutInMillis: integerOf(member(node, 'timeoutInMillis')) ?? defaultTimeoutMs,
      requestParameters: readStrings(
        member(node, 'requestParameters'),
        { member: 'requestParameters', owner },
        this.reading,
      ),
      responseParameters: this.readResponseParameters(member(node, 'responseParameters'), owner),
      tlsConfig: readTlsConfig(node),
    })
  }

  private readResponseParameters(node: Node | undefined, owner: string): HttpIntegration['responseParameters'] {
    const found = new Map<string, Record<string, string>>()
    for (const [statusCode, mapping] of entriesOf(node)) {
      if (!statusCodeForm.test(statusCode)) {
        this.reading.warn(
          `Response parameters of ${owner} need a status code from 200 to 599, not '${statusCode}'. Ignoring.`,
          mapping,
        )
        continue
      }
      const strings = readStrings(mapping, { member: 'responseParameters', owner }, this.reading)
      if (strings !== undefined) found.set(statusCode, strings)
    }
    return found.size === 0 ? undefined : recordOf(found)
  }
}

function readTlsConfig(node: Node): { serverNameToVerify: string } | undefined {
  const serverNameToVerify = textOf(member(member(node, 'tlsConfig'), 'serverNameToVerify'))
  return serverNameToVerify === undefined ? undefined : { serverNameToVerify }
}
