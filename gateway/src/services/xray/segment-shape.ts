// Checks the types of a segment's members, at every level, before they are read. Security G.4.
import type { SegmentDocument } from '../../ports/traces.ts'

export type Parsed = Readonly<Partial<Record<keyof SegmentDocument, unknown>>>

/** No program nests subsegments more deeply than this. */
const deepest = 100

const isText = (value: unknown): boolean => typeof value === 'string'
const isFlag = (value: unknown): boolean => typeof value === 'boolean'

/** Optional members, with the test of their values. */
const members: readonly (readonly [member: keyof Parsed, isRight: (value: unknown) => boolean])[] = [
  ['name', isText],
  ['type', isText],
  ['namespace', isText],
  ['origin', isText],
  ['resource_arn', isText],
  ['user', isText],
  ['parent_id', isText],
  ['error', isFlag],
  ['fault', isFlag],
  ['throttle', isFlag],
  ['end_time', isTime],
  ['http', isHttp],
  ['aws', isObject],
  ['annotations', isObject],
  ['subsegments', Array.isArray],
]

/** The first member, of the segment or of one of its subsegments, that has a wrong type; undefined when all are right. */
export function misshapen(part: Parsed, depth = 0): string | undefined {
  if (depth > deepest) return 'subsegments'
  const { subsegments = [] } = part
  const own = members.find(([member, isRight]) => part[member] !== undefined && !isRight(part[member]))?.[0]
  if (own !== undefined) return own
  if (!isTime(part.start_time)) return 'start_time'
  if (isTime(part.end_time) && part.end_time < part.start_time) return 'end_time'
  for (const each of subsegments as readonly unknown[]) {
    const wrong = isSubsegment(each) ? misshapen(each, depth + 1) : 'subsegments'
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function isSubsegment(value: unknown): value is Parsed {
  return isObject(value) && isId(value['id']) && typeof value['name'] === 'string'
}

/** 16 hexadecimal digits. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/i.test(value)
}

/** A JSON object, and no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Epoch seconds, within the times that a timestamp can name. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e11
}

function isHttp(http: unknown): boolean {
  if (!isObject(http)) return false
  const { request = {}, response = {} } = http
  return (
    isObject(request) &&
    isObject(response) &&
    ['url', 'method', 'client_ip', 'user_agent'].every((member) => isAbsentOr('string', request[member])) &&
    ['status', 'content_length'].every((member) => isAbsentOr('number', response[member]))
  )
}

function isAbsentOr(type: 'string' | 'number', value: unknown): boolean {
  return value === undefined || typeof value === type
}
