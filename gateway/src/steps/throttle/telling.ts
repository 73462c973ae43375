// What a limit tells of the request that it refuses: which bucket or quota, and how it stands.
import type { Listener } from '../../nouns/decisions.ts'
import type { Worked } from '../../nouns/work.ts'
import type { BucketLimit, Counters, Limit } from '../../ports/counters.ts'

interface Refused extends Worked {
  readonly listener: Listener | undefined
  readonly receivedAtMs: number
}

/** `step`: whose limit it is. */
export function tellLimit(
  { listener, receivedAtMs, work }: Refused,
  step: string,
  limit: Limit,
  counters: Counters,
): void {
  if (work !== undefined) work.throttledBy = levelOf(limit)
  if (listener === undefined) return
  const isQuota = limit.kind === 'quota'
  const reason = isQuota
    ? { plan: limit.planId, keyId: limit.keyId, limit: limit.limit, period: limit.period, offset: limit.offset }
    : { bucket: nameOf(limit), rate: limit.rate, burst: limit.burst }
  const verdict = isQuota ? 'quota exceeded' : 'throttled'
  const state = counters.state(limit)
  listener.decided({ step, verdict, reason: { ...reason, ...state }, refuses: true, atMs: receivedAtMs })
}

function nameOf({ key, client }: BucketLimit): string {
  return client === undefined ? key : `${key} ${client}`
}

/** Which of the levels a limit is of: the first word of its bucket's key. */
function levelOf(limit: Limit): string {
  return limit.kind === 'quota' ? 'quota' : limit.key.slice(0, Math.max(0, limit.key.indexOf(' ')))
}
