// Steps `throttle` and `throttlePlan` of WebSocket routes: what the route and the account still have, and what the client's plan has. WebSocket 32.
import type { RouteSettings } from '@sluice/aws-protocol/apigatewayv2'
import { fault } from '../../nouns/faults.ts'
import type { SocketExchange, SocketRoute } from '../../nouns/socket.ts'
import type { Planned } from '../../ports/api-keys.ts'
import type { BucketLimit, Counters, Limit, Rate } from '../../ports/counters.ts'
import type { Step } from '../pipeline.ts'
import { accountBucket } from './account.ts'

export interface SocketThrottleSettings {
  readonly route: SocketRoute
  /** The route's own settings, which replace the stage's as a whole, else the stage's. */
  readonly setting: RouteSettings | undefined
  /** Undefined when the account has no limit. */
  readonly account: Rate | undefined
}

const nothing = {}

/** Undefined where nothing limits. Throws THROTTLED. */
export function throttleSocket(
  { route, setting, account }: SocketThrottleSettings,
  counters: Counters,
): Step<SocketExchange, object> | undefined {
  const { stage, routeKey } = route
  const key = `route ${stage.apiId}:${stage.stageName} ${routeKey}`
  const limits: readonly Limit[] = [...bucketOf(key, rateOf(setting)), ...accountBucket(stage, account)]
  if (limits.length === 0) return undefined
  return { name: 'throttle', run: (exchange) => take(exchange, limits, counters) }
}

/** For routes that require a key. Each connection and each message counts (?). Throws THROTTLED and QUOTA_EXCEEDED. */
export function throttleSocketPlan(
  { stage }: SocketRoute,
  counters: Counters,
): Step<SocketExchange & Partial<Planned>, object> {
  const scope = { account: stage.account, region: stage.region }
  return {
    name: 'throttlePlan',
    run: (exchange) => {
      const { plan, apiKey } = exchange
      if (plan === undefined || apiKey === undefined) return nothing
      const key = `plan ${scope.account} ${scope.region} ${plan.id} ${apiKey.id}`
      const quota = plan.quota ?? { limit: Number.POSITIVE_INFINITY, period: 'DAY', offset: 0 }
      const limits: readonly Limit[] = [
        ...bucketOf(key, plan.throttle),
        { kind: 'quota', scope, planId: plan.id, keyId: apiKey.id, ...quota },
      ]
      return take(exchange, limits, counters)
    },
  }
}

function take(exchange: SocketExchange, limits: readonly Limit[], counters: Counters): object | Promise<object> {
  const refusing = counters.admit(limits)
  if (refusing === -1) return nothing
  return typeof refusing === 'number'
    ? decide(exchange, limits[refusing])
    : refusing.then((index) => decide(exchange, limits[index]))
}

function decide({ listener, receivedAtMs, target }: SocketExchange, limit: Limit | undefined): object {
  if (limit === undefined) return nothing
  const verdict = limit.kind === 'quota' ? 'quota exceeded' : 'throttled'
  listener?.decided({ step: 'throttle', verdict, reason: { routeKey: target.routeKey }, atMs: receivedAtMs })
  throw fault(limit.kind === 'quota' ? 'QUOTA_EXCEEDED' : 'THROTTLED')
}

function bucketOf(key: string, rate: Rate | undefined): readonly BucketLimit[] {
  return rate === undefined ? [] : [{ kind: 'bucket', key, rate: rate.rate, burst: rate.burst }]
}

/** A limit of which one half is not set takes it from the other. 0 lets nothing through. */
function rateOf({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }: RouteSettings = {}): Rate | undefined {
  if (rate === undefined && burst === undefined) return undefined
  return { rate: rate ?? Math.max(burst ?? 0, 1), burst: burst ?? Math.ceil(rate ?? 0) }
}
