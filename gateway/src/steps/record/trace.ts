// Traces of REST APIs: who is sampled, what the integration is told, and the segment of each recorded request. Security specification G.
import type { Integration } from '@sluice/aws-protocol/apigateway'
import { randomText } from '../../nouns/entropy.ts'
import type { Received } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { createSampler, defaultSampling } from '../../nouns/sampling.ts'
import { formatTraceHeader, newTraceId, parseTraceHeader } from '../../nouns/trace-header.ts'
import type { RecordedRestStage, RestOutcome, StageRecorder } from '../../ports/recorder.ts'
import type { SegmentDocument, SubsegmentDocument, Traces } from '../../ports/traces.ts'

const traceHeader = 'x-amzn-trace-id'

interface Sampled {
  readonly segmentId: string
  readonly traceId: string
  readonly parentId: string | undefined
  /** Whether the stage's own rule decided, and not whoever called. */
  readonly isByRule: boolean
}

/** `tracingEnabled` samples by the rules; without it, only requests are recorded that whoever called has sampled. */
export function recordTraces(recorded: RecordedRestStage, traces: Traces): StageRecorder<RestOutcome> {
  const isActive = recorded.stage.tracingEnabled === true
  const sample = createSampler()
  const open = new WeakMap<Received, Sampled>()
  return {
    begin: (received) => {
      const text = lastHeader(received.headers, traceHeader)
      if (!isActive && text === undefined) return received
      const incoming = parseTraceHeader(text)
      const isSampled = incoming.sampled ?? (isActive && sample(received.receivedAtMs, Math.random()))
      if (!isSampled && !isActive) return received
      const root = incoming.root ?? newTraceId(received.receivedAtMs, randomText(12, 'hex'))
      const segmentId = randomText(8, 'hex')
      const parent = isSampled ? segmentId : (incoming.parent ?? segmentId)
      const value = formatTraceHeader({ ...incoming, root, parent, sampled: isSampled })
      const headers = withHeader(received, value)
      const begun = Object.assign<Received, Pick<Received, 'headers'>>(received, { headers })
      if (isSampled) {
        const isByRule = incoming.sampled === undefined
        open.set(begun, { segmentId, traceId: root, parentId: incoming.parent, isByRule })
      }
      return begun
    },
    record: (outcome) => {
      const sampled = open.get(outcome.exchange)
      if (sampled !== undefined) traces.put(recorded.scope, segmentOf(recorded, sampled, outcome))
    },
  }
}

/** Every integration passes on what stands in the request's headers. */
function withHeader({ headers }: Received, value: string): string[] {
  const others = headers.filter((_, index) => (headers[index - (index % 2)] ?? '').toLowerCase() !== traceHeader)
  return [...others, 'X-Amzn-Trace-Id', value]
}

function segmentOf(recorded: RecordedRestStage, sampled: Sampled, outcome: RestOutcome): SegmentDocument {
  const { scope, api, stage } = recorded
  const { exchange, answer, endedAtMs, responseBytes } = outcome
  const { id: apiId = '' } = api
  const { stageName = '' } = stage
  const query = exchange.rawQuery === '' ? '' : `?${exchange.rawQuery}`
  const subsegment = subsegmentOf(recorded, outcome)
  const segment = {
    id: sampled.segmentId,
    name: `${api.name ?? apiId}/${stageName}`.replace(/[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu, ' ').slice(0, 200),
    trace_id: sampled.traceId,
    ...(sampled.parentId !== undefined && { parent_id: sampled.parentId }),
    start_time: exchange.receivedAtMs / 1000,
    end_time: Math.max(endedAtMs, exchange.receivedAtMs) / 1000,
    origin: 'AWS::ApiGateway::Stage',
    resource_arn: `arn:aws:apigateway:${scope.region}::/restapis/${apiId}/stages/${stageName}`,
    http: {
      request: {
        url: `${exchange.scheme}://${exchange.domainName}${exchange.rawPath}${query}`,
        method: exchange.method,
        client_ip: exchange.sourceIp,
        x_forwarded_for: lastHeader(exchange.headers, 'x-forwarded-for') !== undefined,
        user_agent: lastHeader(exchange.headers, 'user-agent') ?? '',
      },
      response: { status: answer.status, content_length: responseBytes },
    },
    aws: {
      api_gateway: { account_id: scope.account, rest_api_id: apiId, stage: stageName, request_id: exchange.requestId },
      ...(sampled.isByRule && { xray: { sampling_rule_name: defaultSampling.ruleName } }),
    },
    annotations: { 'aws:api_id': apiId, 'aws:api_stage': stageName },
    metadata: {
      default: { extended_request_id: exchange.extendedRequestId, request_id: exchange.requestId },
    },
    ...failureOf(answer.status),
    ...(subsegment !== undefined && { subsegments: [subsegment] }),
  }
  return segment
}

/** 4xx are errors, 429 throttles beside, 5xx faults. */
function failureOf(status: number): Pick<SegmentDocument, 'error' | 'throttle' | 'fault'> {
  if (status >= 500) return { fault: true }
  if (status === 429) return { error: true, throttle: true }
  return status >= 400 ? { error: true } : {}
}

/** The call of the integration; a MOCK calls nobody. */
function subsegmentOf(
  recorded: RecordedRestStage,
  { exchange, work, answer }: RestOutcome,
): SubsegmentDocument | undefined {
  const { target } = exchange
  if (work.integrationMs < 0 || target === undefined) return undefined
  const method = recorded.methods.find(
    ({ resourceId, httpMethod }) => resourceId === target.resourceId && httpMethod === target.httpMethod,
  )
  const integration = method?.methodIntegration
  if (integration === undefined || integration.type === 'MOCK') return undefined
  const start = work.integrationAtMs / 1000
  const status = work.fault === undefined ? answer.status : work.fault.status
  return {
    id: randomText(8, 'hex'),
    start_time: start,
    end_time: start + work.integrationMs / 1000,
    ...calledOf(recorded, integration, status),
    ...failureOf(status),
  }
}

const functionArn = /functions\/(arn:[^/]+:function:([^:/]+)[^/]*)\/invocations/

/** AWS names an HTTP backend by the path of its URL, so that each path is a node of its own. */
function calledOf(
  { scope }: RecordedRestStage,
  { uri = '', httpMethod = 'GET' }: Integration,
  status: number,
): Pick<SubsegmentDocument, 'name' | 'namespace' | 'http'> & { readonly aws?: object } {
  const [, arn, name] = functionArn.exec(uri) ?? []
  if (arn !== undefined && name !== undefined) {
    const url = `https://lambda.${scope.region}.amazonaws.com/2015-03-31/functions/${arn}/invocations`
    return {
      name: 'Lambda',
      namespace: 'aws',
      http: { request: { url, method: httpMethod }, response: { status } },
      aws: { function_name: name, region: scope.region, operation: 'Invoke', resource_names: [name] },
    }
  }
  const [, service, action] = /^arn:[^:]+:apigateway:[^:]*:([^:/]+):(?:action|path)\/([^?&]*)/.exec(uri) ?? []
  if (service !== undefined)
    return { name: service, namespace: 'aws', aws: { region: scope.region, operation: action ?? '' } }
  const path = URL.parse(uri)?.pathname ?? uri
  return {
    name: path.slice(0, 200),
    namespace: 'remote',
    http: { request: { url: uri, method: httpMethod }, response: { status } },
  }
}
