// Datagrams of an X-Ray daemon, read and kept; bad ones are counted, and told of now and then.
import type { Log } from '../log.ts'
import type { Scope } from '../nouns/records.ts'
import { readDatagram } from '../nouns/xray-datagram.ts'
import type { Clock } from '../ports/clock.ts'
import type { Segments } from '../ports/traces.ts'
import { readSegment } from '../services/xray/segment.ts'

export interface XrayReceiverParts {
  readonly segments: Segments
  readonly clock: Clock
  readonly log: Log
  /** The scope of segments whose trace did not begin in this gateway. */
  readonly scope: Scope
  /** The scope of a trace that began here. */
  readonly scopeOf: (traceId: string) => Scope | undefined
}

export interface XrayReceiver {
  /** Never throws. */
  readonly take: (datagram: Buffer) => void
  readonly refused: () => number
}

const complainMs = 60_000

export function createXrayReceiver({ segments, clock, log, scope, scopeOf }: XrayReceiverParts): XrayReceiver {
  let refused = 0
  let complainedAtMs = Number.NEGATIVE_INFINITY
  const refuse = (why: string): void => {
    refused++
    const nowMs = clock.now()
    if (nowMs - complainedAtMs < complainMs) return
    complainedAtMs = nowMs
    log.warn({ refused, why }, 'segments that were sent to the X-Ray port are not kept')
  }
  return {
    take: (datagram) => {
      const document = readDatagram(datagram)
      if (document === undefined) return refuse('A datagram begins with {"format":"json","version":1} and a line break')
      const read = readSegment(document, clock.now() / 1000, (traceId) => scopeOf(traceId) !== undefined)
      if ('segment' in read) segments.put(scopeOf(read.segment.trace_id) ?? scope, read.segment)
      else refuse(`${read.ErrorCode ?? ''}: ${read.Message ?? ''}`)
    },
    refused: () => refused,
  }
}
