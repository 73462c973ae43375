// Traces of REST APIs: who is sampled, and what the integration is told. Security G.
import { randomText } from '../../nouns/entropy.ts'
import type { Received } from '../../nouns/exchange.ts'
import { byHeaderName } from '../../nouns/header-names.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Scope } from '../../nouns/records.ts'
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
  /**
   * Told of every trace that is recorded, before its segment is: others may send theirs at any time. `isNew`: its id was
   * made here.
   */
  readonly begun?: ((scope: Scope, traceId: string, isNew: boolean) => void) | undefined
  /** Whether a client's `traceparent` is continued. */
  readonly continuesW3c: boolean
}

const traceHeader = 'x-amzn-trace-id'

type IncomingContext = ReturnType<typeof traceContextOf>

/** `tracingEnabled` samples by the rules; without it, only requests are recorded that whoever called has sampled. */
export function recordTraces(recorded: RecordedRestStage, ports: TracePorts): StageRecorder<RestOutcome> {
  const { segments, samplers, begun, continuesW3c } = ports
  const { scope, stage } = recorded
  const isActive = stage.tracingEnabled === true
  const sample = samplers.of(scope, stageService(recorded))
  const segmentOf = compileSegment(recorded)
  const choose = (received: Received): string | undefined =>
    isActive ? sample(received, received.receivedAtMs, Math.random()) : undefined
  const enter = (received: Received, decided: Decided): Received => {
    const entered = traced(received, decided)
    const sampled = entered.work?.sampled
    if (sampled !== undefined) begun?.(scope, sampled.traceId, decided.incoming.root === undefined)
    return entered
  }
  return {
    begin: (received) => {
      const text = lastHeader(received.headers, traceHeader)
      const context = continuesW3c ? traceContextOf(received.headers) : undefined
      if (text === undefined && context === undefined) {
        const ruleName = choose(received)
        // The integration itself makes what an unsampled request without a trace is sent with.
        if (ruleName === undefined) return received
        return enter(received, { incoming: noTrace, text, context, ruleName, isSampled: true })
      }
      const incoming = incomingOf(text, context)
      const ruleName = incoming.sampled === undefined ? choose(received) : undefined
      const isSampled = incoming.sampled ?? ruleName !== undefined
      if (!isSampled && context === undefined && !isActive) return received
      return enter(received, { incoming, text, context, ruleName, isSampled })
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
  /** The header as it came. */
  readonly text: string | undefined
  readonly context: IncomingContext
  readonly ruleName: string | undefined
  readonly isSampled: boolean
}

const noTrace = parseTraceHeader(undefined)

/** Notes what the request is recorded as, and writes the headers that every integration passes on. */
function traced(received: Received, { incoming, text, context, ruleName, isSampled }: Decided): Received {
  const root = incoming.root ?? newTraceId(received.receivedAtMs, randomText(12, 'hex'))
  const segmentId = isSampled ? randomText(8, 'hex') : undefined
  const traceContext = context && outgoingContext(context, root, segmentId)
  const { work } = received
  if (work !== undefined) {
    work.sampled =
      segmentId === undefined ? undefined : { segmentId, traceId: root, parentId: incoming.parent, ruleName }
    work.traceContext = traceContext
  }
  const parent = segmentId ?? incoming.parent ?? randomText(8, 'hex')
  const header = formatTraceHeader({ root, parent, sampled: isSampled, rest: incoming.rest })
  // Most of what is not sampled goes on as it came.
  if (header === text && traceContext?.traceparent === context?.traceparent) return received
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

const lowerName = byHeaderName((_, lower) => lower)

function tracedHeaders({ headers }: Received, header: string, context: TraceContext | undefined): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const lower = lowerName(name)
    if (lower === traceHeader) continue
    kept.push(name, lower === 'traceparent' && context !== undefined ? context.traceparent : (headers[index + 1] ?? ''))
  }
  kept.push('X-Amzn-Trace-Id', header)
  return kept
}
