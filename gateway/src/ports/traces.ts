// The traces port: segments as X-Ray documents, kept for a while, found by trace id and by time.
import type { Scope } from '../nouns/records.ts'

/** A segment document. Only what is asked for later is named; the document keeps everything. Security G.3, G.4. */
export interface SegmentDocument {
  readonly id: string
  readonly name: string
  readonly trace_id: string
  readonly parent_id?: string | undefined
  /** Epoch seconds. */
  readonly start_time: number
  /** Absent while it is in progress. */
  readonly end_time?: number | undefined
  readonly type?: string | undefined
  readonly namespace?: string | undefined
  readonly origin?: string | undefined
  readonly resource_arn?: string | undefined
  readonly user?: string | undefined
  readonly http?: {
    readonly request?: {
      readonly url?: string | undefined
      readonly method?: string | undefined
      readonly client_ip?: string | undefined
      readonly user_agent?: string | undefined
    }
    readonly response?: { readonly status?: number | undefined; readonly content_length?: number | undefined }
  }
  readonly error?: boolean | undefined
  readonly fault?: boolean | undefined
  readonly throttle?: boolean | undefined
  /** What is known of a part of AWS: `function_name`, `operation`, `api_gateway` … */
  readonly aws?: Readonly<Record<string, unknown>> | undefined
  readonly annotations?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly subsegments?: readonly SubsegmentDocument[] | undefined
}

export type SubsegmentDocument = Omit<SegmentDocument, 'trace_id' | 'subsegments'> & {
  readonly subsegments?: readonly SubsegmentDocument[] | undefined
}

/** All segments that one trace has, in the order of their arrival. */
export interface Trace {
  readonly id: string
  readonly segments: readonly SegmentDocument[]
}

/** X-Ray keeps traces for so long, counted from their end. X-Ray developer guide, "Quotas". */
export const keptSeconds = 30 * 86_400

/** More segments of one trace are not kept. */
export const mostSegments = 1_000

/** A trace as `page` finds it. */
export interface PlacedTrace extends Trace {
  /** Where it stands in the order of first arrival. */
  readonly position: number
}

/** Traces with a segment that was running between two times (epoch seconds), oldest first. */
export interface TraceQuery {
  readonly scope: Scope
  readonly fromSeconds: number
  readonly toSeconds: number
  /** The position of the last trace of the page before. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Whoever takes segments as they end. */
export interface Segments {
  /**
   * Takes a segment, and the resource path that served it where one did. Never throws, never waits: what cannot be taken is
   * dropped and counted.
   */
  put(scope: Scope, segment: SegmentDocument, route?: string): void
}

export interface Traces extends Segments {
  /** Keeps a segment for 30 days at most; a segment with the same id takes the place of the one before. */
  put(scope: Scope, segment: SegmentDocument, route?: string): void
  find(scope: Scope, traceId: string): Trace | undefined
  page(query: TraceQuery): readonly PlacedTrace[]
  /** Segments that could not be kept. */
  readonly dropped: number
  /** Writes what is not written yet, and lets go of files. */
  close(): void
}
