// The segment that a recorded request of a REST API leaves: who asked, what came of it, and whom the gateway called. Security G.3.
import type { Integration } from '@sluice/aws-protocol/apigateway'
import { randomText } from '../../nouns/entropy.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { RestMethod } from '../../nouns/rest.ts'
import type { SampledService } from '../../nouns/sampling.ts'
import type { Sampled } from '../../nouns/work.ts'
import type { RecordedRestStage, RestOutcome } from '../../ports/recorder.ts'
import type { SegmentDocument, SubsegmentDocument } from '../../ports/traces.ts'

/** A stage as X-Ray knows it: `{api name}/{stage}`, without characters that names of segments may not have. */
export function stageService({ scope, api, stage }: RecordedRestStage): SampledService {
  const { id = '', name = id } = api
  const { stageName = '' } = stage
  return {
    name: `${name}/${stageName}`.replace(/[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu, ' ').slice(0, 200),
    type: 'AWS::ApiGateway::Stage',
    arn: `arn:aws:apigateway:${scope.region}::/restapis/${id}/stages/${stageName}`,
  }
}

/** Compiles what all segments of a stage have in common. */
export function compileSegment(
  recorded: RecordedRestStage,
): (sampled: Sampled, outcome: RestOutcome) => SegmentDocument {
  const { scope, api, stage } = recorded
  const { id: apiId = '' } = api
  const { stageName = '' } = stage
  const { name, type, arn } = stageService(recorded)
  const annotations = { 'aws:api_id': apiId, 'aws:api_stage': stageName }
  const subsegmentOf = compileSubsegment(recorded)
  return (sampled, outcome) => {
    const { exchange, answer, endedAtMs, responseBytes } = outcome
    const { requestId, extendedRequestId } = exchange
    const query = exchange.rawQuery === '' ? '' : `?${exchange.rawQuery}`
    const subsegment = subsegmentOf(outcome)
    return {
      id: sampled.segmentId,
      name,
      trace_id: sampled.traceId,
      ...(sampled.parentId !== undefined && { parent_id: sampled.parentId }),
      start_time: exchange.receivedAtMs / 1000,
      end_time: Math.max(endedAtMs, exchange.receivedAtMs) / 1000,
      origin: type,
      resource_arn: arn,
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
        api_gateway: { account_id: scope.account, rest_api_id: apiId, stage: stageName, request_id: requestId },
        ...(sampled.ruleName !== undefined && { xray: { sampling_rule_name: sampled.ruleName } }),
      },
      annotations,
      metadata: { default: { extended_request_id: extendedRequestId, request_id: requestId } },
      ...failureOf(answer.status),
      ...(subsegment !== undefined && { subsegments: [subsegment] }),
    }
  }
}

/** 4xx are errors, 429 throttles beside, 5xx faults. */
function failureOf(status: number): Pick<SegmentDocument, 'error' | 'throttle' | 'fault'> {
  if (status >= 500) return { fault: true }
  if (status === 429) return { error: true, throttle: true }
  return status >= 400 ? { error: true } : {}
}

/** Whom an integration calls. */
interface Called {
  readonly name: string
  readonly namespace: 'aws' | 'remote'
  /** Of calls that are HTTP requests. */
  readonly request?: { readonly url: string; readonly method: string }
  readonly aws?: Readonly<Record<string, unknown>>
}

/** The call of the integration; a MOCK calls nobody. */
function compileSubsegment(recorded: RecordedRestStage): (outcome: RestOutcome) => SubsegmentDocument | undefined {
  const called = new WeakMap<RestMethod, { readonly whom: Called | undefined }>()
  const callOf = (method: RestMethod): Called | undefined => {
    let known = called.get(method)
    if (known === undefined) {
      const integration = recorded.integrationOf(method)
      const isMock = integration === undefined || integration.type === 'MOCK'
      called.set(method, (known = { whom: isMock ? undefined : calledOf(recorded, integration) }))
    }
    return known.whom
  }
  return ({ exchange, work, answer }) => {
    const { target } = exchange
    if (work.integrationMs < 0 || target === undefined) return undefined
    const whom = callOf(target)
    if (whom === undefined) return undefined
    const { request, ...named } = whom
    const start = work.integrationAtMs / 1000
    const status = work.fault === undefined ? answer.status : work.fault.status
    return {
      id: randomText(8, 'hex'),
      start_time: start,
      end_time: start + work.integrationMs / 1000,
      ...named,
      ...(request !== undefined && { http: { request, response: { status } } }),
      ...failureOf(status),
    }
  }
}

const functionArn = /functions\/(arn:[^/]+:function:([^:/]+)[^/]*)\/invocations/

/** AWS names an HTTP backend by the path of its URL, so that each path is a node of its own. */
function calledOf({ scope }: RecordedRestStage, { uri = '', httpMethod = 'GET' }: Integration): Called {
  const [, arn, name] = functionArn.exec(uri) ?? []
  if (arn !== undefined && name !== undefined) {
    const url = `https://lambda.${scope.region}.amazonaws.com/2015-03-31/functions/${arn}/invocations`
    return {
      name: 'Lambda',
      namespace: 'aws',
      request: { url, method: httpMethod },
      aws: { function_name: name, region: scope.region, operation: 'Invoke', resource_names: [name] },
    }
  }
  const [, service, action] = /^arn:[^:]+:apigateway:[^:]*:([^:/]+):(?:action|path)\/([^?&]*)/.exec(uri) ?? []
  if (service !== undefined)
    return { name: service, namespace: 'aws', aws: { region: scope.region, operation: action ?? '' } }
  const path = URL.parse(uri)?.pathname ?? uri
  return { name: path.slice(0, 200), namespace: 'remote', request: { url: uri, method: httpMethod } }
}
