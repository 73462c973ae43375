// The `$context` variables of access logs: those that templates know, and those that are known only when the answer is.
import { contextReader, type ContextExchange } from '../../nouns/context.ts'
import { httpContextReader } from '../../nouns/http-context.ts'
import type { HttpStage } from '../../nouns/http.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Returned } from '../../nouns/outgoing.ts'
import type { RestStage } from '../../nouns/rest.ts'
import { parseTraceHeader } from '../../nouns/trace-header.ts'
import type { HttpOutcome, RestOutcome } from '../../ports/recorder.ts'
import type { LogReader, LogVariables } from './log-format.ts'
import { phaseVariables } from './phase-variables.ts'

type Outcome = RestOutcome | HttpOutcome
type Table<Told> = Readonly<Record<string, LogReader<Told>>>

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

/** Known of both kinds of API. Security specification F.8, HTTP 18.2. */
const ofBoth: Table<Outcome> = {
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
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const ofRest: Table<RestOutcome> = {
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
  // AWS: a client may name its request in UUID form; anything else is not repeated in the log. rest specification 6.5
  requestId: ({ exchange }) => {
    const named = lastHeader(exchange.headers, 'x-amzn-requestid')
    return named === undefined || uuid.test(named) ? exchange.requestId : 'UUID_REPLACED_INVALID_REQUEST_ID'
  },
  cipherSuite: ({ exchange }) => exchange.tls?.cipherSuite,
  tlsVersion: ({ exchange }) => exchange.tls?.version,
  xrayTraceId: ({ exchange }) => parseTraceHeader(lastHeader(exchange.headers, 'x-amzn-trace-id')).root,
}

const ofHttp: Table<HttpOutcome> = {
  'authorizer.error': ({ work, exchange }) =>
    work.authorizerMs >= 0 && exchange.caller === undefined ? work.fault?.message : undefined,
  awsEndpointRequestId2: ({ answer }) => lastHeader(answer.headers, 'x-amz-id-2'),
  dataProcessed: ({ exchange, responseBytes }) => exchange.body.length + responseBytes,
  'error.message': ({ work }) => work.fault?.message,
  'error.messageString': ({ work }) => (work.fault === undefined ? undefined : JSON.stringify(work.fault.message)),
}

export function restLogVariables(stage: RestStage): LogVariables<RestOutcome> {
  return (name) => {
    const known = own(ofRest, name) ?? own(ofBoth, name)
    if (known !== undefined) return known
    const read = contextReader(name)
    return read && (({ exchange }) => read(exchange, stageOf(exchange, stage)))
  }
}

export function httpLogVariables(stage: HttpStage): LogVariables<HttpOutcome> {
  return (name) => {
    const known = own(ofHttp, name) ?? own(ofBoth, name)
    if (known !== undefined) return known
    const read = httpContextReader(name)
    return ({ exchange }) => read(exchange, exchange.target?.stage ?? stage)
  }
}

/** The stage as the method that served the request knows it: a canary's differs. */
function stageOf({ target }: ContextExchange, stage: RestStage): RestStage {
  return target?.stage ?? stage
}

function own<Told>(table: Table<Told>, name: string): LogReader<Told> | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
