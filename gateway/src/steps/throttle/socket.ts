// Steps `throttle` and `throttlePlan` of WebSocket routes: what the route and the account still have, and what the client's plan has. WebSocket 32.
import type { RouteSettings } from '@sluice/aws-protocol/apigatewayv2'
import type { SocketExchange, SocketRoute } from '../../nouns/socket.ts'
import type { Planned } from '../../ports/api-keys.ts'
import type { Counters, Limit, Rate } from '../../ports/counters.ts'
import type { Step } from '../pipeline.ts'
import { accountBucket, connectionBucket } from './account.ts'
import { bucketOf } from './bucket.ts'
import { clientLimits } from './client-limits.ts'
import { limitFault } from './refusal.ts'
import { tellLimit } from './telling.ts'

export interface SocketThrottleSettings {
  readonly route: SocketRoute
  /** The route's own settings, which replace the stage's as a whole, else the stage's. */
  readonly setting: RouteSettings
  /** Undefined when the account has no limit. */
  readonly account: Rate | undefined
  /** Of new connections. Undefined when the account has no limit of them. */
  readonly connections: Rate | undefined
}

type Exchange = SocketExchange & Partial<Planned>

const nothing = {}

/** Undefined where nothing limits. Throws THROTTLED. */
export function throttleSocket(
  { route, setting, account, connections }: SocketThrottleSettings,
  counters: Counters,
): Step<SocketExchange, object> | undefined {
  const { stage, routeKey } = route
  const key = `route ${stage.apiId}:${stage.stageName} ${routeKey}`
  const limits: readonly Limit[] = [
    ...bucketOf(key, rateOf(setting)),
    ...(routeKey === '$connect' ? connectionBucket(stage, connections) : []),
    ...accountBucket(stage, account),
  ]
  if (limits.length === 0) return undefined
  return { name: 'throttle', run: (exchange) => take('throttle', exchange, limits, counters) }
}

/** For routes that require a key. Each connection and each message counts (?). Throws THROTTLED and QUOTA_EXCEEDED. */
export function throttleSocketPlan({ stage }: SocketRoute, counters: Counters): Step<Exchange, object> {
  const scope = { account: stage.account, region: stage.region }
  return {
    name: 'throttlePlan',
    run: (exchange) => {
      const { plan, apiKey } = exchange
      if (plan === undefined || apiKey === undefined) return nothing
      const limits = clientLimits(scope, plan, apiKey.id)
      return take('throttlePlan', exchange, limits, counters)
    },
  }
}

function take(
  step: string,
  exchange: Exchange,
  limits: readonly Limit[],
  counters: Counters,
): object | Promise<object> {
  const decide = (index: number): object => {
    const limit = limits[index]
    if (limit === undefined) return nothing
    tellLimit(exchange, step, limit, counters)
    const { stage, routeKey } = exchange.target
    throw limitFault(limit, { kind: 'WebSocketApi', stage, target: `Route ${routeKey}` }, exchange)
  }
  const refusing = counters.admit(limits)
  if (refusing === -1) return nothing
  return typeof refusing === 'number' ? decide(refusing) : refusing.then(decide)
}

/** A limit of which one half is not set takes it from the other. 0 lets nothing through. */
function rateOf({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }: RouteSettings): Rate | undefined {
  if (rate === undefined && burst === undefined) return undefined
  return { rate: rate ?? Math.max(burst ?? 0, 1), burst: burst ?? Math.ceil(rate ?? 0) }
}
