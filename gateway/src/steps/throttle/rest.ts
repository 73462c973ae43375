// Step `throttle` of REST methods: what the client's plan, the method and the account still have, in AWS's order. S D.5, E.
import type { MethodSetting } from '@sluice/aws-protocol/apigateway'
import type { Scope } from '../../nouns/records.ts'
import type { RestMethod, RestRouted } from '../../nouns/rest.ts'
import type { Planned } from '../../ports/api-keys.ts'
import type { Counters, Limit, Rate } from '../../ports/counters.ts'
import type { Step } from '../pipeline.ts'
import { accountBucket } from './account.ts'
import { bucketOf } from './bucket.ts'
import { clientLimits, clientName } from './client-limits.ts'
import { limitFault } from './refusal.ts'
import { tellLimit } from './telling.ts'

type Exchange = RestRouted & Partial<Planned>

export interface RestThrottleSettings {
  readonly method: RestMethod
  /** The stage's settings for the method. */
  readonly setting: MethodSetting
  /** Undefined when the account has no limit. */
  readonly account: Rate | undefined
}

/** Undefined where nothing limits. Throws GatewayFault THROTTLED or QUOTA_EXCEEDED. */
export function throttleRest(settings: RestThrottleSettings, counters: Counters): Step<Exchange, object> | undefined {
  const { method, setting, account } = settings
  const { stage, resourceId, resourcePath, httpMethod } = method
  const scope: Scope = { account: stage.account, region: stage.region }
  const place = `${stage.apiId}:${stage.stageName}`
  const fixed: readonly Limit[] = [
    ...bucketOf(`method ${place} ${httpMethod} ${resourcePath}`, rateOf(setting)),
    ...accountBucket(scope, account),
  ]
  if (fixed.length === 0 && !method.apiKeyRequired) return undefined
  const planMethod = `${resourcePath === '/' ? '//' : `${resourcePath}/`}${httpMethod}`
  const limitsOf = ({ plan, apiKey }: Exchange): readonly Limit[] => {
    if (plan === undefined || apiKey === undefined) return fixed
    const client = clientLimits(scope, plan, apiKey.id)
    const rate = plan.methods.size === 0 ? undefined : plan.methods.get(planMethod)
    if (rate === undefined) return [...client, ...fixed]
    const key = `planMethod ${clientName(scope, plan, apiKey.id)} ${place} ${planMethod}`
    return [...bucketOf(key, rate), ...client, ...fixed]
  }
  const decide = (exchange: Exchange, limits: readonly Limit[], refusing: number): object => {
    const limit = limits[refusing]
    if (limit === undefined) return nothing
    tellLimit(exchange, 'throttle', limit, counters)
    const target = `Resource ${resourceId}, HttpMethod ${httpMethod}`
    throw limitFault(limit, { kind: 'RestApi', stage, target }, exchange)
  }
  return {
    name: 'throttle',
    run: (exchange) => {
      const limits = limitsOf(exchange)
      const refusing = counters.admit(limits)
      if (refusing === -1) return nothing
      return typeof refusing === 'number'
        ? decide(exchange, limits, refusing)
        : refusing.then((index) => decide(exchange, limits, index))
    },
  }
}

const nothing = {}

/** -1 stands for: as the account. */
function rateOf({ throttlingRateLimit: rate = -1, throttlingBurstLimit: burst = -1 }: MethodSetting): Rate | undefined {
  if (rate < 0 && burst < 0) return undefined
  return { rate: rate < 0 ? Math.max(burst, 1) : rate, burst: burst < 0 ? Math.ceil(rate) : burst }
}
