// The data plane's side of the front: from a host or a path-style prefix to a stage's plan.
import type { ClientCertificate } from '../nouns/client-certificate.ts'
import type { CustomDomainMatch, Received } from '../nouns/exchange.ts'
import { randomText } from '../nouns/entropy.ts'
import { headerBytes, lastHeader } from '../nouns/headers.ts'
import { headerLineBytes, payloadBytes, targetBytes } from '../nouns/limits.ts'
import type { Listener } from '../nouns/decisions.ts'
import type { Plans, PlannedApi } from '../plan/plans.ts'
import type { Plan } from '../plan/stage-plan.ts'
import type { Clock } from '../ports/clock.ts'
import { forbidden } from '../steps/answer/gateway-response.ts'
import { plainAnswer } from './plain-answer.ts'
import { healthy, isHealthCheck } from './domain-plane.ts'
import { fixed, type Destination, type Head } from './incoming.ts'
import { stamped } from './private-api.ts'
import type { Sockets } from '../sockets/sockets.ts'
import { socketDestination } from './socket-plane.ts'

/** Where a request's address leads, before its stage is known. */
export interface Address {
  readonly apiId: string
  /** Starts with `/{stage}` or, for the `$default` stage reached by host, with the path itself. */
  readonly rawPath: string
  readonly rawQuery: string
  /** The host name that the client spoke to. */
  readonly domainName: string
  /** The stage where the address spells it out (path style); else it is the first segment, or `$default`. */
  readonly stageName: string | undefined
  /** On a custom domain name: what led here, and how much of the path is not the API's. Then `rawPath` is the client's own. */
  readonly customDomain?: DomainAddress | undefined
}

export interface DomainAddress {
  readonly strippedLength: number
  readonly match: CustomDomainMatch
  readonly clientCertificate: ClientCertificate | undefined
}

export interface DataPlaneParts {
  readonly plans: Plans
  readonly clock: Clock
  /** Absent where no socket can be had: connections are then refused. */
  readonly sockets?: Sockets | undefined
  /** Asked for each request: who listens to its decisions. Undefined: nobody ever does. */
  readonly listenerFor?: ((requestId: string) => Listener | undefined) | undefined
  /** Whether private APIs are reached through VPC endpoints alone; from everywhere when absent. */
  readonly guardsPrivateApis?: boolean | undefined
}

export type DataPlane = (head: Head, address: Address) => Destination | Promise<Destination>

export function createDataPlane(parts: DataPlaneParts): DataPlane {
  const { plans } = parts
  return (head, address) => {
    const api = plans.api(address.apiId)
    return api instanceof Promise
      ? api.then((found) => toStage(parts, head, address, found))
      : toStage(parts, head, address, api)
  }
}

function toStage(
  parts: DataPlaneParts,
  head: Head,
  address: Address,
  api: PlannedApi | undefined,
): Destination | Promise<Destination> {
  if (api === undefined || (head.vpcEndpoint !== undefined && api.kind !== 'RestApi')) return fixed(forbidden())
  const place = placeOf(address, api)
  const { stageName, start, rawPath } = place
  const plan = stageName === undefined ? undefined : api.stage(stageName)
  // AWS: the root of a default endpoint has the health check too, where no stage has its name — REST 1.4
  if (stageName === undefined && isHealthCheck(rawPath) && api.protocol === 'REST') return fixed(healthy())
  if (api.protocol === 'WEBSOCKET') {
    const rest = rawPath.slice(start)
    const toSocket = (found: Plan | undefined): Destination =>
      socketDestination(parts.sockets, head, address, {
        api,
        stageName,
        rest,
        plan: found?.protocol === 'WEBSOCKET' ? found : undefined,
      })
    return plan instanceof Promise ? plan.then(toSocket) : toSocket(plan)
  }
  const overridden = api.kind === 'RestApi' ? withOverriddenVerb(head) : head
  const received = (): Omit<Received, 'body'> => receive(parts, overridden, address, place)
  return plan instanceof Promise
    ? plan.then((found) => toPlan(open(parts, found, head, address), api, head, received))
    : toPlan(open(parts, plan, head, address), api, head, received)
}

/**
 * AWS: `X-HTTP-Method-Override` replaces a REST API's verb, for policies and authorizers too. The signature is about the verb that
 * was sent. REST 1.3.
 */
function withOverriddenVerb(head: Head): Head {
  const verb = lastHeader(head.headers, 'x-http-method-override')?.trim().toUpperCase() ?? ''
  return verb === '' || verb === head.method ? head : { ...head, method: verb, sentMethod: head.method }
}

/** The stage of a request, the path as the API sees it, and where the resource path begins in it. */
interface Place {
  readonly stageName: string | undefined
  readonly rawPath: string
  readonly start: number
}

function placeOf(address: Address, api: PlannedApi): Place {
  const { rawPath, stageName, customDomain } = address
  if (customDomain !== undefined) return mappedPlace(address, customDomain.strippedLength, api)
  if (stageName !== undefined) return { stageName, rawPath, start: stageName === '$default' ? 0 : stageName.length + 1 }
  return firstSegment(rawPath, api)
}

/** Where a custom domain name's mapping leads: a mapping without a stage takes it from the path. REST 13.5. */
function mappedPlace({ rawPath, stageName: mapped }: Address, strippedLength: number, api: PlannedApi): Place {
  const stageName = mapped ?? rawPath.slice(strippedLength + 1).split('/', 1)[0] ?? ''
  const start = mapped === undefined ? strippedLength + 1 + stageName.length : strippedLength
  if (api.kind === 'RestApi') return { stageName, rawPath, start }
  // AWS: an HTTP API finds its stage where the base path was — HTTP 5.4
  const prefix = stageName === '$default' ? '' : `/${stageName}`
  return { stageName, rawPath: `${prefix}${rawPath.slice(start)}` || '/', start: prefix.length }
}

/** The stage, and where the resource path begins behind it. HTTP 4.2: a first segment that names no stage belongs to `$default`. */
function firstSegment(sentPath: string, api: PlannedApi): Place {
  // AWS: leading duplicate slashes before a REST API's stage are one — REST 1.2
  const rawPath = api.kind === 'RestApi' && sentPath.startsWith('//') ? sentPath.replace(/^\/+/, '/') : sentPath
  const slash = rawPath.indexOf('/', 1)
  const end = slash < 0 ? rawPath.length : slash
  const first = rawPath.slice(1, end)
  if (api.stageNames.has(first) && first !== '$default') return { stageName: first, rawPath, start: end }
  return { stageName: api.protocol === 'HTTP' ? '$default' : undefined, rawPath, start: 0 }
}

/** The plan, where this address may reach it. AWS: a disabled default endpoint reads like a stage that is not there. */
function open(
  { guardsPrivateApis = false }: DataPlaneParts,
  plan: Plan | undefined,
  { vpcEndpoint }: Head,
  { customDomain }: Address,
): Plan | undefined {
  if (plan?.protocol !== 'REST') return plan
  if (plan.isDefaultEndpointDisabled === true && customDomain === undefined) return undefined
  // AWS: a VPC endpoint leads to private APIs, and nothing else does — REST 13.3
  const isWrongWay =
    plan.isPrivate === true ? guardsPrivateApis && vpcEndpoint === undefined : vpcEndpoint !== undefined
  return isWrongWay ? undefined : plan
}

function toPlan(
  plan: Plan | undefined,
  api: PlannedApi,
  head: Head,
  receive: () => Omit<Received, 'body'>,
): Destination {
  if (plan === undefined || plan.protocol === 'WEBSOCKET')
    return api.kind === 'RestApi' ? fixed(forbidden()) : refused(api, 404, 'Not Found')
  const isRest = plan.protocol === 'REST'
  if (head.target.length > targetBytes) return refused(api, 414, isRest ? 'Request URI too long' : 'URI Too Long')
  // AWS: of HTTP APIs the request line counts with the headers, of REST APIs it does not — HTTP 19, REST 12
  const lineBytes = isRest ? 0 : head.method.length + head.target.length + ' '.length + ' HTTP/1.1\r\n'.length
  if (lineBytes + headerBytes(head.headers) > headerLineBytes) {
    return refused(api, 431, 'Request Header Fields Too Large')
  }
  if (isRest && hasUnsupportedQuery(head.target)) return refused(api, 400, null)
  return {
    maximumBodyBytes: payloadBytes,
    handle: (body) => {
      const received = receive() as Received & { body: Uint8Array }
      received.body = body
      return plan.run(received)
    },
    tooLarge: () => plan.tooLarge({ ...receive(), body: new Uint8Array(0) }),
  }
}

/** AWS: a REST API takes these characters in a query percent-encoded only (documented); the answer is an open choice. REST 1.2. */
function hasUnsupportedQuery(target: string): boolean {
  const question = target.indexOf('?')
  return question >= 0 && /[{|}]/.test(target.slice(question))
}

/** Every answer of an HTTP API carries its request's id. HTTP 19. */
function refused({ kind }: PlannedApi, status: number, message: string | null): Destination {
  const answer = plainAnswer(status, message)
  if (kind === 'V2Api') answer.headers.push('apigw-requestid', extendedRequestId())
  return fixed(answer)
}

function receive({ clock, listenerFor }: DataPlaneParts, head: Head, address: Address, place: Place): Received {
  const requestId = requestIdOf(head)
  const { vpcEndpoint } = head
  return {
    requestId,
    extendedRequestId: extendedRequestId(),
    receivedAtMs: clock.now(),
    method: head.method,
    sentMethod: head.sentMethod,
    rawPath: place.rawPath,
    sentPath: head.target.split('?', 1)[0],
    resourcePathStart: place.start,
    rawQuery: address.rawQuery,
    headers: vpcEndpoint === undefined ? head.headers : stamped(head.headers, vpcEndpoint),
    body: noBody,
    sourceIp: head.remoteAddress,
    protocol: `HTTP/${head.httpVersion}`,
    isHttp2: head.isHttp2 === true,
    scheme: head.scheme,
    port: head.port,
    domainName: address.domainName,
    customDomain: address.customDomain?.match,
    clientCertificate: address.customDomain?.clientCertificate,
    tls: head.tls,
    vpcEndpoint,
    listener: listenerFor?.(requestId),
    work: undefined,
  }
}

const noBody = new Uint8Array(0)
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A client may name its request by sending `x-amzn-RequestId` in UUID form. REST 6.5. */
function requestIdOf(head: Head): string {
  const named = lastHeader(head.headers, 'x-amzn-requestid')
  return named !== undefined && uuid.test(named) ? named.toLowerCase() : crypto.randomUUID()
}

/** `x-amz-apigw-id` and `apigw-requestid`: 15 characters of the URL-safe base64 alphabet and `=`, as AWS's are. */
function extendedRequestId(): string {
  return `${randomText(11, 'base64url')}=`
}
