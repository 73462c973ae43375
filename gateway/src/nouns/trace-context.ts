// W3C trace context next to X-Ray's header: `traceparent` read and written, and one trace id in either form. Security G.6.
import { headerValues, type HeaderList } from './headers.ts'

export interface TraceParent {
  /** 32 hexadecimal digits, lower case. */
  readonly traceId: string
  /** 16 hexadecimal digits: the span that called. */
  readonly parentId: string
  readonly isSampled: boolean
}

/** What goes on to a backend that is sent no other headers of the client. */
export interface TraceContext {
  readonly traceparent: string
  readonly tracestate: string | undefined
}

const versionZero = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const laterVersion = /^(?!ff|00)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

/** Undefined for a header that is absent, or that the recommendation calls invalid (W3C Trace Context 3.2). */
export function parseTraceparent(text: string | undefined): TraceParent | undefined {
  const [, traceId, parentId, flags] = versionZero.exec(text ?? '') ?? laterVersion.exec(text ?? '') ?? []
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined
  return { traceId, parentId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export function formatTraceparent({ traceId, parentId, isSampled }: TraceParent): string {
  return `00-${traceId}-${parentId}-${isSampled ? '01' : '00'}`
}

/** The trace context of a request; undefined without a valid `traceparent`, or with more than one. */
export function traceContextOf(headers: HeaderList): (TraceContext & { readonly parent: TraceParent }) | undefined {
  const [traceparent, ...others] = headerValues(headers, 'traceparent')
  const parent = parseTraceparent(traceparent)
  if (parent === undefined || traceparent === undefined || others.length > 0) return undefined
  const states = headerValues(headers, 'tracestate')
  return { traceparent, tracestate: states.length === 0 ? undefined : states.join(','), parent }
}

/** `5759e988bd86…` → `1-5759e988-bd86…`; the first eight digits need not be a time. */
export function xrayTraceIdOf(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`
}

/** `1-5759e988-bd86…` → `5759e988bd86…` */
export function w3cTraceIdOf(xrayTraceId: string): string {
  return xrayTraceId.slice(2).replace('-', '').toLowerCase()
}
