// The API keys port: whose key a request shows, and which usage plan lets it call a stage. Security D.1.
import type { Keyed } from '../nouns/exchange.ts'
import type { QuotaPeriod } from '../nouns/quota.ts'
import type { Scope } from '../nouns/records.ts'
import type { Rate } from './counters.ts'

/** A key that is enabled. */
export interface KnownKey {
  readonly id: string
  /** The plan that covers a stage (`apiId:stageName`); undefined when none of the key's plans does. */
  readonly planFor: (stage: string) => KnownPlan | undefined
}

/** A usage plan as it concerns one stage. */
export interface KnownPlan {
  readonly id: string
  readonly throttle: Rate | undefined
  readonly quota: (QuotaPeriod & { readonly limit: number }) | undefined
  /** Limits of single methods: `/pets/{id}/GET` → its own. */
  readonly methods: ReadonlyMap<string, Rate>
}

/** Told of a request whose key some plan lets call the stage. */
export interface Planned extends Keyed {
  readonly plan: KnownPlan
}

/** Why a value lets nobody call a stage. */
export type KeyLack = 'unknown' | 'disabled' | 'in no usage plan' | 'in no usage plan of the stage'

export interface ApiKeys {
  /**
   * The enabled key with this value. Takes as long for a million keys as for ten, and as long for any value.
   * A promise only while what is known is read, or read again after a change.
   */
  find(scope: Scope, value: string): KnownKey | undefined | Promise<KnownKey | undefined>
  /** Why a value that was just refused does not let its bearer call a stage (`apiId:stageName`), for people. */
  lackOf(scope: Scope, value: string, stage: string): { readonly lack: KeyLack; readonly keyId?: string | undefined }
  close(): void
}
