// The samplers port: which requests of a stage are traced, by the sampling rules of its account as they are now.
import type { Scope } from '../nouns/records.ts'
import type { SampledService, Sampler } from '../nouns/sampling.ts'

export interface Samplers {
  /** The sampler of a stage. It follows the rules as they change; rules that are not read yet are the default one. */
  of(scope: Scope, service: SampledService): Sampler
}
