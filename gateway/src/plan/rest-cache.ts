// Which methods of a stage have their answers cached, and in which cache.
import type { Answered } from '../nouns/exchange.ts'
import type { Parameterised } from '../nouns/request-parameters.ts'
import type { RestAdmitted, RestStage } from '../nouns/rest.ts'
import type { ResponseCaches } from '../ports/response-cache.ts'
import { cached } from '../steps/cache/cache.ts'
import { compileCacheKey } from '../steps/cache/key.ts'
import { Pipeline } from '../steps/pipeline.ts'
import type { PlannableStage } from './canary.ts'
import type { MethodConfiguration } from './method-configuration.ts'

type Ready = RestAdmitted & Parameterised
type Serve = Pipeline<Ready, Answered>

/** A method's integration, behind the cache where the method has one. */
export type PlanCache = (configuration: MethodConfiguration, integration: Serve) => Serve

/** Own: whatever its size is on AWS, a stage's cache takes no more of this process. */
const maximumCacheBytes = 512 * 1024 * 1024
const gigabyte = 1024 * 1024 * 1024
const defaultTtlSeconds = 300

export interface CacheParts {
  readonly stage: RestStage
  readonly caches: ResponseCaches
  /** Names the last flush of the stage's cache. */
  readonly flushId: string
}

/** Undefined for a stage without a cache. */
export function planRestCache(record: PlannableStage, { stage, caches, flushId }: CacheParts): PlanCache | undefined {
  if (record.cacheClusterEnabled !== true) return undefined
  // Open choice: without `useStageCache` a canary's requests pass by the cache.
  if (record.isCanaryRequest === true && record.canarySettings?.useStageCache !== true) return undefined
  const cache = caches.of({
    stage: `${stage.apiId}:${stage.stageName}`,
    bytes: Math.min(maximumCacheBytes, Number(record.cacheClusterSize ?? '0.5') * gigabyte),
    flushId,
  })
  return (configuration, integration) => {
    const { methodIntegration } = configuration.method
    const ttlMs = (configuration.setting.cacheTtlInSeconds ?? defaultTtlSeconds) * 1000
    if (methodIntegration === undefined || ttlMs === 0 || !configuration.isCached) return integration
    if (methodIntegration.responseTransferMode === 'STREAM') return integration
    const settings = { stage, setting: configuration.setting, ttlMs, key: compileCacheKey(methodIntegration, stage) }
    return Pipeline.from<Ready>().step(cached(settings, cache, integration))
  }
}
