// The traces port: segments as X-Ray documents, kept for a while, found by trace id and by time.
import type { Scope } from '../nouns/records.ts'

/** A segment document. Only what is asked for later is named; the document keeps everything. Security specification G.3, G.4. */
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

export interface Traces {
  /** Keeps a segment; a segment with the same id takes the place of the one before. Never throws. */
  put(scope: Scope, segment: SegmentDocument): void
  find(scope: Scope, traceId: string): Trace | undefined
  /** Traces with a segment that was running between two times (epoch seconds), oldest first. */
  between(scope: Scope, fromSeconds: number, toSeconds: number): readonly Trace[]
}
