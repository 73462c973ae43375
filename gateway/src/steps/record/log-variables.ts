// The `$context` variables of access logs: those that templates know, and those that are known only when the answer is.
import { Meter, textOf } from '@sluice/vtl'
import { contextReader, type ContextExchange } from '../../nouns/context.ts'
import type { GatewayResponseType } from '../../nouns/faults.ts'
import { httpContextReader, isHttpContextVariable } from '../../nouns/http-context.ts'
import type { HttpStage } from '../../nouns/http.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { parseOverride, type LogName } from '../../nouns/log-variables.ts'
import type { Mapped, Returned } from '../../nouns/outgoing.ts'
import type { RestStage } from '../../nouns/rest.ts'
import { parseTraceHeader } from '../../nouns/trace-header.ts'
import type { HttpOutcome, RestOutcome } from '../../ports/recorder.ts'
import type { LogReader, LogVariables } from './log-format.ts'
import { phaseVariables } from './phase-variables.ts'

type Outcome = RestOutcome | HttpOutcome
type Table<Name extends string, Told> = Readonly<Record<Name, LogReader<Told>>>

const integrationMs: LogReader<Outcome> = ({ work }) => (work.integrationMs < 0 ? undefined : work.integrationMs)
const isStreamed = ({ answer: { body } }: Outcome): boolean => typeof body === 'object' && Symbol.asyncIterator in body
/** Why the integration failed. */
const integrationError: LogReader<Outcome> = ({ work }) =>
  work.integrationMs < 0 || work.fault === undefined ? undefined : (work.fault.log ?? work.fault.message)
/** The id that the backend gave the request: Lambda's, or an AWS service's header. */
const backendRequestId: LogReader<Outcome> = ({ work, answer }) =>
  work.awsRequestId ??
  lastHeader(answer.headers, 'x-amzn-remapped-x-amzn-requestid') ??
  lastHeader(answer.headers, 'x-amz-request-id')
/** What the backend answered; for a Lambda proxy, what the function did. */
const backendStatus: LogReader<Outcome> = ({ work, exchange, answer }) => {
  if (work.integrationMs < 0) return undefined
  const { returned } = exchange as Partial<Returned>
  return returned?.status ?? (work.fault === undefined ? answer.status : undefined)
}
/** What the call itself was answered: Lambda's own status, else the backend's. */
const callStatus: LogReader<Outcome> = (outcome) =>
  outcome.work.awsRequestId === undefined ? backendStatus(outcome) : 200

/** Known of both kinds of API. Security F.8, HTTP 18.2. */
const ofBoth = {
  awsEndpointRequestId: backendRequestId,
  'customDomain.basePathMatched': ({ exchange }) => exchange.customDomain?.basePath,
  'integration.error': integrationError,
  'integration.integrationStatus': callStatus,
  'integration.latency': integrationMs,
  'integration.requestId': backendRequestId,
  'integration.status': backendStatus,
  integrationErrorMessage: integrationError,
  integrationLatency: integrationMs,
  integrationStatus: callStatus,
  // AWS: HTTP/1.1 even where the client spoke HTTP/2
  protocol: () => 'HTTP/1.1',
  responseLatency: ({ exchange, endedAtMs }) => Math.max(0, endedAtMs - exchange.receivedAtMs),
  responseLength: ({ responseBytes }) => responseBytes,
  status: ({ answer }) => answer.status,
} satisfies Table<string, Outcome>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const ofRest: Table<LogName<'REST'>, RestOutcome> = {
  ...ofBoth,
  ...phaseVariables,
  'customDomain.routingRuleIdMatched': ({ exchange }) => exchange.customDomain?.routingRuleId,
  // AWS: of a stream the integration's latency lasts until its end.
  'integration.latency': (outcome) => {
    const { work, endedAtMs } = outcome
    return isStreamed(outcome) && work.integrationAtMs >= 0 ? endedAtMs - work.integrationAtMs : integrationMs(outcome)
  },
  'integration.responseTransferMode': (outcome) => {
    if (outcome.work.integrationMs < 0) return undefined
    return isStreamed(outcome) ? 'STREAMED' : 'BUFFERED'
  },
  'integration.timeToAllHeaders': (outcome) => (isStreamed(outcome) ? integrationMs(outcome) : undefined),
  'integration.timeToFirstContent': (outcome) =>
    isStreamed(outcome) && outcome.work.firstContentMs >= 0 ? outcome.work.firstContentMs : undefined,
  // AWS: a client may name its request in UUID form; anything else is not repeated in the log. REST 6.5
  requestId: ({ exchange }) => {
    const named = lastHeader(exchange.headers, 'x-amzn-requestid')
    return named === undefined || uuid.test(named) ? exchange.requestId : 'UUID_REPLACED_INVALID_REQUEST_ID'
  },
  cipherSuite: ({ exchange }) => exchange.tls?.cipherSuite,
  tlsVersion: ({ exchange }) => exchange.tls?.version,
  xrayTraceId: ({ exchange }) => parseTraceHeader(lastHeader(exchange.headers, 'x-amzn-trace-id')).root,
}

/** (?) What AWS calls the answers that an HTTP API makes itself; 429 is known, HTTP 17. */
const responseTypes: ReadonlyMap<number, GatewayResponseType> = new Map([
  [401, 'UNAUTHORIZED'],
  [403, 'ACCESS_DENIED'],
  [404, 'RESOURCE_NOT_FOUND'],
  [413, 'REQUEST_TOO_LARGE'],
  [429, 'THROTTLED'],
  [503, 'INTEGRATION_FAILURE'],
])

const ofHttp: Table<LogName<'HTTP'>, HttpOutcome> = {
  ...ofBoth,
  'authorizer.error': ({ work, exchange }) =>
    work.authorizerMs >= 0 && exchange.caller === undefined ? work.fault?.message : undefined,
  awsEndpointRequestId2: ({ answer }) => lastHeader(answer.headers, 'x-amz-id-2'),
  dataProcessed: ({ exchange, responseBytes }) => exchange.body.length + responseBytes,
  'error.message': ({ work }) => work.fault?.message,
  'error.messageString': ({ work }) => (work.fault === undefined ? undefined : JSON.stringify(work.fault.message)),
  'error.responseType': ({ work: { fault } }) =>
    fault && (responseTypes.get(fault.status) ?? (fault.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX')),
  // No account here is in an organization.
  'identity.principalOrgId': () => undefined,
  // AWS: taken of REST APIs' variables and never set — HashiCorp's tutorial for HTTP APIs names it, and its users log `-`.
  resourcePath: () => undefined,
}

export function restLogVariables(stage: RestStage): LogVariables<RestOutcome> {
  return (name) => {
    if (isOwn(ofRest, name)) return ofRest[name]
    const read = contextReader(name)
    return read === undefined ? overrideReader(name) : ({ exchange }) => read(exchange, stageOf(exchange, stage))
  }
}

/** (?) AWS documents overrides for templates alone; stages that log them are deployed all the same. */
function overrideReader(name: string): LogReader<RestOutcome> | undefined {
  const override = parseOverride(name)
  if (override === undefined) return undefined
  const { kind, group, member } = override
  return ({ exchange }) => {
    const { overrides } = exchange as Partial<Mapped>
    const members = group === undefined ? overrides?.[kind] : overrides?.[kind]?.get(group)
    const value = members instanceof Map ? members.get(member) : undefined
    return value === undefined || value === null ? undefined : textOf(value, new Meter({}))
  }
}

export function httpLogVariables(stage: HttpStage): LogVariables<HttpOutcome> {
  return (name) => {
    if (isOwn(ofHttp, name)) return ofHttp[name]
    if (!isHttpContextVariable(name)) return undefined
    const read = httpContextReader(name)
    return ({ exchange }) => read(exchange, exchange.target?.stage ?? stage)
  }
}

/** The stage as the method that served the request knows it: a canary's differs. */
function stageOf({ target }: ContextExchange, stage: RestStage): RestStage {
  return target?.stage ?? stage
}

function isOwn<Name extends string>(table: Table<Name, never>, name: string): name is Name {
  return Object.hasOwn(table, name)
}
