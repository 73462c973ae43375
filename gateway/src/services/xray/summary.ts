// Summarises a trace: its duration, its faults, and the services that were called.
import type { ServiceId, TraceSummary, ValueWithServiceIds } from '@sluice/aws-protocol/xray'
import type { SegmentDocument, SubsegmentDocument, Trace } from '../../ports/traces.ts'
import { partsOf } from './assemble.ts'

type Part = SegmentDocument | SubsegmentDocument

/** Seconds from the first beginning to the last end. */
export function durationOf({ segments }: Trace): number {
  const start = Math.min(...segments.map(({ start_time: at }) => at))
  const end = Math.max(...segments.map((segment) => segment.end_time ?? segment.start_time))
  return Math.max(0, end - start)
}

/** The segment in which the trace began: no other segment of the trace is its parent. */
export function rootOf({ segments }: Trace): SegmentDocument | undefined {
  const ids = new Set(segments.flatMap((segment) => [segment.id, ...partsOf(segment).map(({ id }) => id)]))
  return segments.find(({ parent_id: parent }) => parent === undefined || !ids.has(parent)) ?? segments[0]
}

function serviceIdOf(account: string, { name, origin }: Part): ServiceId {
  return { Name: name, Names: [name], AccountId: account, Type: origin }
}

/** The summary of an assembled trace. */
export function summaryOf(account: string, trace: Trace): TraceSummary {
  const root = rootOf(trace)
  const { segments } = trace
  const response = root === undefined ? 0 : (root.end_time ?? root.start_time) - root.start_time
  const has = (flag: 'fault' | 'error' | 'throttle'): boolean => segments.some((segment) => segment[flag] === true)
  const { request, response: answer } = root?.http ?? {}
  const arns = new Set(segments.flatMap(({ resource_arn: arn }) => (arn === undefined ? [] : [arn])))
  const users = new Set(segments.flatMap(({ user }) => (user === undefined ? [] : [user])))
  return {
    Id: trace.id,
    StartTime: root?.start_time,
    Duration: durationOf(trace),
    ResponseTime: response,
    HasFault: has('fault'),
    HasError: has('error'),
    HasThrottle: has('throttle'),
    IsPartial: segments.some(({ end_time: end }) => end === undefined),
    Http: {
      HttpURL: request?.url,
      HttpMethod: request?.method,
      HttpStatus: answer?.status,
      ClientIp: request?.client_ip,
      UserAgent: request?.user_agent,
    },
    Annotations: annotationsOf(account, segments),
    Users: [...users].map((UserName) => ({ UserName })),
    ServiceIds: segments.map((segment) => serviceIdOf(account, segment)),
    ResourceARNs: [...arns].map((ARN) => ({ ARN })),
    InstanceIds: [],
    AvailabilityZones: [],
    EntryPoint: root && serviceIdOf(account, root),
    FaultRootCauses: [],
    ErrorRootCauses: [],
    ResponseTimeRootCauses: [],
    Revision: segments.length,
    MatchedEventTime: root?.start_time,
  }
}

function annotationsOf(
  account: string,
  segments: readonly SegmentDocument[],
): Readonly<Record<string, readonly ValueWithServiceIds[]>> {
  const found = new Map<string, ValueWithServiceIds[]>()
  for (const segment of segments) {
    for (const [name, value] of Object.entries(segment.annotations ?? {})) {
      const known = found.get(name) ?? []
      known.push({ AnnotationValue: annotationValue(value), ServiceIds: [serviceIdOf(account, segment)] })
      found.set(name, known)
    }
  }
  return Object.fromEntries(found)
}

function annotationValue(value: unknown): NonNullable<ValueWithServiceIds['AnnotationValue']> {
  if (typeof value === 'number') return { NumberValue: value }
  return typeof value === 'boolean' ? { BooleanValue: value } : { StringValue: String(value) }
}
