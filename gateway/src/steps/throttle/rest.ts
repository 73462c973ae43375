// Step `throttle` of REST methods: what the client's plan, the method and the account still have, in AWS's order. Security D.5, E.
import type { MethodSetting } from '@sluice/aws-protocol/apigateway'
import type { Scope } from '../../nouns/records.ts'
import type { RestMethod, RestRouted, RestStage } from '../../nouns/rest.ts'
import type { KnownPlan, Planned } from '../../ports/api-keys.ts'
import type { Counters, Limit, Rate } from '../../ports/counters.ts'
import type { Step } from '../pipeline.ts'
import { accountBucket } from './account.ts'
import { bucketOf } from './bucket.ts'
import { clientLimits } from './client-limits.ts'
import { limitFault } from './refusal.ts'
import { tellLimit } from './telling.ts'

type Exchange = RestRouted & Partial<Planned>

export interface RestThrottleSettings {
  readonly stage: RestStage
  /** The stage's settings for the methods that it throttles. */
  readonly setting: MethodSetting
  /** Whether they need an API key, whose plan has limits too. */
  readonly apiKeyRequired: boolean
  /** Undefined when the account has no limit. */
  readonly account: Rate | undefined
}

/** Undefined where nothing limits. Throws GatewayFault THROTTLED or QUOTA_EXCEEDED. */
export function throttleRest(settings: RestThrottleSettings, counters: Counters): Step<Exchange, object> | undefined {
  const { stage, setting, apiKeyRequired } = settings
  const scope: Scope = { account: stage.account, region: stage.region }
  const place = `${stage.apiId}:${stage.stageName}`
  const rate = rateOf(setting)
  const account = accountBucket(scope, settings.account)
  if (rate === undefined && account.length === 0 && !apiKeyRequired) return undefined
  const ownLimits = new Map<RestMethod, readonly Limit[]>()
  /** Those of `ANY` methods, by verb. */
  const verbLimits = new Map<string, Map<RestMethod, readonly Limit[]>>()
  /** Without a key: the method's own, and the account's. AWS: each verb that `ANY` stands for is a method of its own. */
  const fixedOf = (method: RestMethod, verb: string): readonly Limit[] => {
    if (rate === undefined) return account
    let known = method.httpMethod === 'ANY' ? verbLimits.get(verb) : ownLimits
    if (known === undefined) verbLimits.set(verb, (known = new Map()))
    let own = known.get(method)
    if (own === undefined) {
      own = [...bucketOf(`method ${place} ${verb} ${method.resourcePath}`, rate), ...account]
      known.set(method, own)
    }
    return own
  }
  const limitsOf = ({ target, method: verb, plan, apiKey }: Exchange): readonly Limit[] => {
    const fixed = fixedOf(target, verb)
    if (plan === undefined || apiKey === undefined) return fixed
    const client = clientLimits(scope, plan, apiKey.id)
    if (plan.methods.size === 0) return [...client, ...fixed]
    const name = `${scope.account} ${scope.region} ${plan.id} ${apiKey.id} ${place}`
    return [...planMethodLimits(target, plan, { name, verb }), ...client, ...fixed]
  }
  const decide = (exchange: Exchange, limits: readonly Limit[], refusing: number): object => {
    const limit = limits[refusing]
    if (limit === undefined) return nothing
    tellLimit(exchange, 'throttle', limit, counters)
    const { resourceId, httpMethod } = exchange.target
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

interface Client {
  readonly name: string
  readonly verb: string
}

/** What a usage plan says of the method, which it names as in `/pets/GET`, or `/pets/ANY` for all its verbs together. */
function planMethodLimits(
  { resourcePath, httpMethod }: RestMethod,
  { methods }: KnownPlan,
  { name, verb }: Client,
): readonly Limit[] {
  const path = resourcePath === '/' ? '//' : `${resourcePath}/`
  const method = methods.has(path + verb) ? path + verb : path + httpMethod
  return bucketOf(`planMethod ${name} ${method}`, methods.get(method))
}

const nothing = {}

/** -1 stands for: as the account. */
function rateOf({ throttlingRateLimit: rate = -1, throttlingBurstLimit: burst = -1 }: MethodSetting): Rate | undefined {
  if (rate < 0 && burst < 0) return undefined
  return { rate: rate < 0 ? Math.max(burst, 1) : rate, burst: burst < 0 ? Math.ceil(rate) : burst }
}
