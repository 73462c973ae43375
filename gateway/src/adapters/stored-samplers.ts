// Samplers by the sampling rules of the store, read anew when one of them changes.
import type { Log } from '../log.ts'
import type { Scope } from '../nouns/records.ts'
import { Sampling, type SampledService, type Sampler } from '../nouns/sampling.ts'
import type { Samplers } from '../ports/samplers.ts'
import type { Store } from '../ports/store.ts'

/** The rules of one account and region. Its member is replaced when they change. */
interface ScopeRules {
  sampling: Sampling
  /** How often they changed: an older reading that ends later must not win. */
  version: number
}

export function createStoredSamplers(store: Store, log: Log): Samplers & { close(): void } {
  const known = new Map<string, ScopeRules>()
  const load = async (scope: Scope, rules: ScopeRules): Promise<void> => {
    const version = ++rules.version
    try {
      const entries = await store.read(scope).list('SamplingRule', [])
      if (rules.version === version) rules.sampling = new Sampling(entries.map(({ record }) => record.rule))
    } catch (error) {
      log.error({ error }, 'sampling rules could not be read; those before them go on')
    }
  }
  const rulesOf = (scope: Scope): ScopeRules => {
    const key = keyOf(scope)
    let rules = known.get(key)
    if (rules === undefined) {
      known.set(key, (rules = { sampling: new Sampling([]), version: 0 }))
      void load(scope, rules)
    }
    return rules
  }
  const close = store.watch((changes) => {
    const changed = new Map(
      changes.filter(({ kind }) => kind === 'SamplingRule').map(({ scope }) => [keyOf(scope), scope]),
    )
    for (const [key, scope] of changed) {
      const rules = known.get(key)
      if (rules !== undefined) void load(scope, rules)
    }
  })
  return { of: (scope, service) => following(rulesOf(scope), service), close }
}

function following(rules: ScopeRules, service: SampledService): Sampler {
  let { sampling } = rules
  let sample = sampling.of(service)
  return (request, nowMs, draw) => {
    if (rules.sampling !== sampling) {
      sampling = rules.sampling
      sample = sampling.of(service)
    }
    return sample(request, nowMs, draw)
  }
}

function keyOf({ account, region }: Scope): string {
  return `${account} ${region}`
}
