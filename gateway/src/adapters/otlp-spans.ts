// Segments of X-Ray as spans of OpenTelemetry. Security G.6; names of attributes: OpenTelemetry semantic conventions.
import type { Scope } from '../nouns/records.ts'
import { w3cTraceIdOf } from '../nouns/trace-context.ts'
import type { SegmentDocument, SubsegmentDocument } from '../ports/traces.ts'
import {
  attribute,
  attributesOf,
  nanosOf,
  type InstrumentationScope,
  type KeyValue,
  type Resource,
} from './otlp-values.ts'

const kinds = { internal: 1, server: 2, client: 3 } as const
const statusError = 2

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly KeyValue[]
  readonly status?: { readonly code: number }
}

/** A span, and whose it is: undefined for the gateway's own. */
export interface OwnedSpan {
  readonly service: string | undefined
  readonly span: Span
}

type Part = SegmentDocument | SubsegmentDocument

/** AWS's bound of a segment's annotations. */
const mostAnnotations = 50

/** The segment and its subsegments, in one list; none while the segment is in progress. `route`: the resource path. */
export function spansOf({ account, region }: Scope, segment: SegmentDocument, route?: string): OwnedSpan[] {
  if (segment.end_time === undefined) return []
  const isOwn = segment.origin === 'AWS::ApiGateway::Stage'
  const service = isOwn || segment.type === 'subsegment' ? undefined : segment.name
  const traceId = w3cTraceIdOf(segment.trace_id)
  const place = attributesOf({ 'cloud.account.id': account, 'cloud.region': region })
  const spans: OwnedSpan[] = []
  const add = (part: Part, parentId: string | undefined, own: readonly KeyValue[]): void => {
    const { end_time: end } = part
    if (end !== undefined) {
      const attributes = [...own, ...httpAttributes(part), ...annotationAttributes(part, isOwn)]
      spans.push({ service, span: spanOf(part, { traceId, parentId, end, attributes, route }) })
    }
    for (const each of part.subsegments ?? []) add(each, part.id, callAttributes(each))
  }
  add(segment, segment.parent_id, [...place, ...(isOwn ? gatewayAttributes(segment, route) : callAttributes(segment))])
  return spans
}

interface SpanFacts {
  readonly traceId: string
  readonly parentId: string | undefined
  readonly end: number
  readonly attributes: readonly KeyValue[]
  readonly route: string | undefined
}

function spanOf(part: Part, { traceId, parentId, end, attributes, route }: SpanFacts): Span {
  const isSegment = 'trace_id' in part && part.type !== 'subsegment'
  const kind = isSegment ? kinds.server : part.namespace === undefined ? kinds.internal : kinds.client
  // A server that refused a request has not failed; a client whose call was refused has.
  const hasFailed = part.fault === true || (kind === kinds.client && part.error === true)
  return {
    traceId,
    spanId: part.id.toLowerCase(),
    ...(parentId !== undefined && { parentSpanId: parentId.toLowerCase() }),
    name: nameOf(part, isSegment ? route : undefined),
    kind,
    startTimeUnixNano: nanosOf(part.start_time * 1000),
    endTimeUnixNano: nanosOf(end * 1000),
    attributes,
    ...(hasFailed && { status: { code: statusError } }),
  }
}

/** `GET /pets/{petId}` where a method served it, `GET /backend` for a backend, else the name that X-Ray shows. */
function nameOf(part: Part, route: string | undefined): string {
  const { name, namespace, http } = part
  const path = route ?? (namespace === 'remote' ? name : undefined)
  const method = http?.request?.method
  return path === undefined || method === undefined ? name : `${method} ${path}`
}

function httpAttributes({ http }: Part): KeyValue[] {
  return attributesOf({
    'http.request.method': http?.request?.method,
    'url.full': http?.request?.url,
    'http.response.status_code': http?.response?.status,
    'http.response.body.size': http?.response?.content_length,
    'client.address': http?.request?.client_ip,
    'user_agent.original': http?.request?.user_agent,
  })
}

function gatewayAttributes(segment: SegmentDocument, route: string | undefined): KeyValue[] {
  const facts = segment.aws?.['api_gateway'] as Readonly<Record<string, unknown>> | undefined
  return attributesOf({
    'http.route': route,
    'aws.api_gateway.rest_api_id': textOf(facts?.['rest_api_id']),
    'aws.api_gateway.stage': textOf(facts?.['stage']),
    'aws.api_gateway.request_id': textOf(facts?.['request_id']),
  })
}

/** Of a call of AWS: which service, which operation, which function. */
function callAttributes(part: Part): KeyValue[] {
  if (part.namespace !== 'aws') return []
  const functionName = textOf(part.aws?.['function_name'])
  return attributesOf({
    'rpc.system': 'aws-api',
    'rpc.service': part.name,
    'rpc.method': textOf(part.aws?.['operation']),
    'faas.invoked_name': functionName,
    'faas.invoked_region': functionName === undefined ? undefined : textOf(part.aws?.['region']),
  })
}

function annotationAttributes({ annotations = {} }: Part, isOwn: boolean): KeyValue[] {
  if (isOwn) return []
  return Object.entries(annotations)
    .slice(0, mostAnnotations)
    .flatMap(([key, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value) ? [attribute(`aws.xray.annotation.${key}`, value)] : [],
    )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export interface SpanPlace {
  readonly resource: Resource
  readonly scope: InstrumentationScope
}

/** An ExportTraceServiceRequest: spans of the gateway under its resource, those of others under a resource of their name. */
export function traceRequest(spans: readonly OwnedSpan[], { resource, scope }: SpanPlace): object {
  const byService = Map.groupBy(spans, ({ service }) => service)
  return {
    resourceSpans: [...byService].map(([service, owned]) => ({
      resource: service === undefined ? resource : { attributes: attributesOf({ 'service.name': service }) },
      scopeSpans: [{ scope, spans: owned.map(({ span }) => span) }],
    })),
  }
}
