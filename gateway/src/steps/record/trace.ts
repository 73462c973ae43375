// Traces of REST APIs: who is sampled, and what the integration is told. Security specification G.
import { randomText } from '../../nouns/entropy.ts'
import type { Received } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Scope } from '../../nouns/records.ts'
import type { SampledRequest } from '../../nouns/sampling.ts'
import { formatTraceHeader, newTraceId, parseTraceHeader, type TraceHeader } from '../../nouns/trace-header.ts'
import {
  formatTraceparent,
  traceContextOf,
  w3cTraceIdOf,
  xrayTraceIdOf,
  type TraceContext,
} from '../../nouns/trace-context.ts'
import type { RecordedRestStage, RestOutcome, StageRecorder } from '../../ports/recorder.ts'
import type { Samplers } from '../../ports/samplers.ts'
import type { Segments } from '../../ports/traces.ts'
import { compileSegment, stageService } from './segment.ts'

export interface TracePorts {
  /** Where segments go. */
  readonly segments: Segments
  readonly samplers: Samplers
  /** Told of every trace that is recorded, before its segment is: others may send theirs at any time. */
  readonly begun?: ((scope: Scope, traceId: string) => void) | undefined
  /** Whether a client's `traceparent` is continued. */
  readonly continuesW3c: boolean
}

const traceHeader = 'x-amzn-trace-id'

type IncomingContext = ReturnType<typeof traceContextOf>

/** `tracingEnabled` samples by the rules; without it, only requests are recorded that whoever called has sampled. */
export function recordTraces(recorded: RecordedRestStage, ports: TracePorts): StageRecorder<RestOutcome> {
  const { segments, samplers, begun: tellBegun, continuesW3c } = ports
  const { scope, stage } = recorded
  const isActive = stage.tracingEnabled === true
  const sample = samplers.of(scope, stageService(recorded))
  const segmentOf = compileSegment(recorded)
  const choose = (received: Received): string | undefined =>
    isActive ? sample(sampledRequest(received), received.receivedAtMs, Math.random()) : undefined
  return {
    begin: (received) => {
      const text = lastHeader(received.headers, traceHeader)
      const context = continuesW3c ? traceContextOf(received.headers) : undefined
      if (!isActive && text === undefined && context === undefined) return received
      const incoming = incomingOf(text, context)
      const ruleName = incoming.sampled === undefined ? choose(received) : undefined
      const isSampled = incoming.sampled ?? ruleName !== undefined
      // The integration itself makes what an unsampled request without a trace is sent with.
      if (!isSampled && context === undefined && (text === undefined || !isActive)) return received
      const begun = enter(received, { incoming, context, ruleName, isSampled })
      const { sampled } = begun.work ?? {}
      if (sampled !== undefined) tellBegun?.(scope, sampled.traceId)
      return begun
    },
    record: (outcome) => {
      const { sampled } = outcome.work
      if (sampled === undefined) return
      segments.put(scope, segmentOf(sampled, outcome), outcome.exchange.target?.resourcePath)
    },
  }
}

interface Decided {
  readonly incoming: TraceHeader
  readonly context: IncomingContext
  readonly ruleName: string | undefined
  readonly isSampled: boolean
}

/** Notes what the request is recorded as, and writes the headers that every integration passes on. */
function enter(received: Received, { incoming, context, ruleName, isSampled }: Decided): Received {
  const root = incoming.root ?? newTraceId(received.receivedAtMs, randomText(12, 'hex'))
  const segmentId = randomText(8, 'hex')
  const parent = isSampled ? segmentId : (incoming.parent ?? segmentId)
  const traceContext = context && outgoingContext(context, root, isSampled ? segmentId : undefined)
  const { work } = received
  if (work !== undefined) {
    work.sampled = isSampled ? { segmentId, traceId: root, parentId: incoming.parent, ruleName } : undefined
    work.traceContext = traceContext
  }
  const header = formatTraceHeader({ ...incoming, root, parent, sampled: isSampled })
  const headers = tracedHeaders(received, header, traceContext)
  return Object.assign<Received, Pick<Received, 'headers'>>(received, { headers })
}

/** Without a trace of AWS's, the request belongs to the W3C trace that it names. */
function incomingOf(text: string | undefined, context: IncomingContext): TraceHeader {
  const incoming = parseTraceHeader(text)
  if (incoming.root !== undefined || context === undefined) return incoming
  const { traceId, parentId, isSampled } = context.parent
  return { root: xrayTraceIdOf(traceId), parent: parentId, sampled: isSampled, rest: incoming.rest }
}

/** A recorded segment is the parent of what comes after, in its own trace; another trace passes as it came. */
function outgoingContext(
  { traceparent, tracestate, parent }: NonNullable<IncomingContext>,
  root: string,
  segmentId: string | undefined,
): TraceContext {
  if (segmentId === undefined || w3cTraceIdOf(root) !== parent.traceId) return { traceparent, tracestate }
  const { traceId } = parent
  return { traceparent: formatTraceparent({ traceId, parentId: segmentId, isSampled: true }), tracestate }
}

function sampledRequest({ domainName, method, rawPath, headers }: Received): SampledRequest {
  return { host: domainName, method, path: rawPath, header: (name) => lastHeader(headers, name.toLowerCase()) }
}

function tracedHeaders({ headers }: Received, header: string, context: TraceContext | undefined): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const lower = name.toLowerCase()
    if (lower === traceHeader) continue
    kept.push(name, lower === 'traceparent' && context !== undefined ? context.traceparent : (headers[index + 1] ?? ''))
  }
  kept.push('X-Amzn-Trace-Id', header)
  return kept
}
