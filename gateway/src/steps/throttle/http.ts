// Step `throttle` of HTTP API routes: what the route's settings and the account still have. HTTP 17.
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import { HttpFault } from '../../nouns/faults.ts'
import type { HttpRoute, HttpRouted } from '../../nouns/http.ts'
import type { Counters, Limit, Rate } from '../../ports/counters.ts'
import type { Step } from '../pipeline.ts'
import { accountBucket } from './account.ts'
import { bucketOf } from './bucket.ts'
import { tellLimit } from './telling.ts'

export interface HttpThrottleSettings {
  readonly route: HttpRoute
  /** The route's own settings, which replace the stage's as a whole, else the stage's. */
  readonly setting: apigatewayv2.RouteSettings | undefined
  /** Undefined when the account has no limit. */
  readonly account: Rate | undefined
}

/** Undefined where nothing limits. Throws HttpFault 429. */
export function throttleHttp(settings: HttpThrottleSettings, counters: Counters): Step<HttpRouted, object> | undefined {
  const { route, setting, account } = settings
  const { stage, routeKey } = route
  const own = rateOf(setting)
  const limits: readonly Limit[] = [
    ...bucketOf(`route ${stage.apiId}:${stage.stageName} ${routeKey}`, own),
    ...accountBucket(stage, account),
  ]
  if (limits.length === 0) return undefined
  const decide = (exchange: HttpRouted, refusing: number): object => {
    const limit = limits[refusing]
    if (limit === undefined) return nothing
    tellLimit(exchange, 'throttle', limit, counters)
    throw new HttpFault(429, 'Too Many Requests', { log: `Rate limit exceeded for route ${routeKey}` })
  }
  return {
    name: 'throttle',
    run: (exchange) => {
      const refusing = counters.admit(limits)
      return typeof refusing === 'number'
        ? decide(exchange, refusing)
        : refusing.then((index) => decide(exchange, index))
    },
  }
}

const nothing = {}

/** A limit of which one half is not set takes it from the other. 0 lets nothing through. */
function rateOf({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }: apigatewayv2.RouteSettings = {}):
  | Rate
  | undefined {
  if (rate === undefined && burst === undefined) return undefined
  return { rate: rate ?? Math.max(burst ?? 0, 1), burst: burst ?? Math.ceil(rate ?? 0) }
}
