// What a client past its limits gets, with the line of the execution log in AWS's words for REST APIs. Security F.6; WebSocket APIs alike (?).
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import { maskedKey } from '../../nouns/masked-key.ts'
import type { Planned } from '../../ports/api-keys.ts'
import type { Limit } from '../../ports/counters.ts'

/** Where the limit stands: the API's stage, and what of it was called, as the log names it. */
export interface LimitedPlace {
  readonly stage: { readonly apiId: string; readonly stageName: string }
  /** `Resource abc123, HttpMethod GET` */
  readonly target: string
  /** `RestApi` or `WebSocketApi`. */
  readonly kind: string
}

export function limitFault(
  limit: Limit,
  { stage: { apiId, stageName }, target, kind }: LimitedPlace,
  { apiKey, plan }: Partial<Planned>,
): GatewayFault {
  const who = `API Key ${maskedKey(apiKey?.value ?? '')} exceeded`
  const place = `for API Stage ${apiId}/${stageName}: Key`
  if (limit.kind === 'quota') {
    const quota = `quota exhausted for Usage Plan ID ${limit.planId}. Q Limit: ${limit.limit} Period: ${limit.period}`
    return fault('QUOTA_EXCEEDED', { log: `${who} quota limit ${place} ${quota}` })
  }
  const called = `${kind} ${apiId}, Stage ${stageName}, ${target}`
  const rate = `Limit: ${limit.rate.toFixed(2)} Burst: ${limit.burst}`
  const log = limit.key.startsWith('plan')
    ? `${who} throttle limit ${place} throttle limit exceeded for Usage Plan ID ${plan?.id}, ${called}. ${rate}`
    : `Key throttle limit exceeded for ${called}. ${rate}`
  return fault('THROTTLED', { log })
}
