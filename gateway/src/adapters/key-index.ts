// The API keys and usage plans of one account and region: found by the hash of a key's value, brought up to date by changes.
import { hash, randomBytes } from 'node:crypto'
import type { ApiKey, ThrottleSettings, UsagePlan } from '@sluice/aws-protocol/apigateway'
import type { KnownKey, KnownPlan } from '../ports/api-keys.ts'
import type { Rate } from '../ports/counters.ts'
import type { Change, Reader } from '../ports/store.ts'

/** So many records are read at a time: a million keys must not stand in memory twice. */
const pageSize = 1_000

interface IndexedKey {
  readonly id: string
  readonly hash: string
  readonly isEnabled: boolean
}

/** A plan by the stages that it covers. */
type IndexedPlan = ReadonlyMap<string, KnownPlan>

export class KeyIndex {
  private readonly reader: Reader
  private readonly salt = randomBytes(16).toString('hex')
  private readonly keys = new Map<string, IndexedKey>()
  private readonly keysByHash = new Map<string, IndexedKey>()
  private readonly plans = new Map<string, IndexedPlan>()
  /** Key id → ids of its plans. */
  private readonly memberships = new Map<string, readonly string[]>()
  /** Undefined when all that was committed is known. */
  private reading: Promise<void> | undefined
  /** Whether a reading failed. */
  private isStale = false

  /** `reader`: of the account and region. */
  constructor(reader: Reader) {
    this.reader = reader
    this.read(() => this.load())
  }

  find(value: string): KnownKey | undefined | Promise<KnownKey | undefined> {
    if (this.isStale) {
      this.isStale = false
      this.read(() => this.load())
    }
    return this.reading === undefined ? this.look(value) : this.reading.then(() => this.find(value))
  }

  /** Learns what a commit changed. Whoever asks from now on waits until it is known. */
  touch(changes: readonly Change[]): void {
    this.read(async () => {
      for (const { kind, key } of changes) {
        if (kind === 'ApiKey') this.putKey(key[0] ?? '', await this.reader.get('ApiKey', key))
        else if (kind === 'UsagePlan') this.putPlan(key[0] ?? '', await this.reader.get('UsagePlan', key))
        else if (kind === 'UsagePlanKey') {
          this.putMembership(key[0] ?? '', key[1] ?? '', (await this.reader.get('UsagePlanKey', key)) !== undefined)
        }
      }
    })
  }

  /** One reading after the other. After one that failed everything is read anew: nothing is served from half an index. */
  private read(work: () => Promise<void>): void {
    const reading = (this.reading ?? Promise.resolve())
      .then(work)
      .catch((error: unknown) => {
        this.isStale = true
        throw error
      })
      .finally(() => {
        if (this.reading === reading) this.reading = undefined
      })
    this.reading = reading
    // Whoever waits for it is told; nobody may be waiting.
    reading.catch(() => {})
  }

  private look(value: string): KnownKey | undefined {
    // Compared by a hash that nobody outside can compute: how long it takes tells nothing about values.
    const key = this.keysByHash.get(this.hashOf(value))
    if (key === undefined || !key.isEnabled) return undefined
    return { id: key.id, planFor: (stage) => this.planFor(key.id, stage) }
  }

  /** A stage is covered by one of a key's plans at most. */
  private planFor(keyId: string, stage: string): KnownPlan | undefined {
    for (const planId of this.memberships.get(keyId) ?? []) {
      const plan = this.plans.get(planId)?.get(stage)
      if (plan !== undefined) return plan
    }
    return undefined
  }

  private hashOf(value: string): string {
    return hash('sha256', this.salt + value, 'base64')
  }

  private async load(): Promise<void> {
    for (const map of [this.keys, this.keysByHash, this.plans, this.memberships]) map.clear()
    await this.each('ApiKey', (id, key) => this.putKey(id, key as ApiKey))
    await this.each('UsagePlan', (id, plan) => this.putPlan(id, plan as UsagePlan))
    await this.each('UsagePlanKey', (planId, _, keyId) => this.putMembership(planId, keyId, true))
  }

  private async each(
    kind: 'ApiKey' | 'UsagePlan' | 'UsagePlanKey',
    put: (first: string, record: unknown, second: string) => void,
  ): Promise<void> {
    let after: readonly string[] | undefined
    do {
      const entries = await this.reader.list(kind, [], { after, limit: pageSize })
      for (const { key, record } of entries) put(key[0] ?? '', record, key[1] ?? '')
      after = entries.length < pageSize ? undefined : entries.at(-1)?.key
    } while (after !== undefined)
  }

  private putKey(id: string, record: ApiKey | undefined): void {
    const before = this.keys.get(id)
    if (before !== undefined) this.keysByHash.delete(before.hash)
    if (record?.value === undefined) {
      this.keys.delete(id)
      return
    }
    const key = { id, hash: this.hashOf(record.value), isEnabled: record.enabled === true }
    this.keys.set(id, key)
    this.keysByHash.set(key.hash, key)
  }

  private putPlan(id: string, record: UsagePlan | undefined): void {
    if (record === undefined) this.plans.delete(id)
    else this.plans.set(id, indexed(id, record))
  }

  private putMembership(planId: string, keyId: string, isMember: boolean): void {
    const others = (this.memberships.get(keyId) ?? []).filter((id) => id !== planId)
    const planIds = isMember ? [...others, planId] : others
    if (planIds.length === 0) this.memberships.delete(keyId)
    else this.memberships.set(keyId, planIds)
  }
}

function indexed(id: string, { apiStages = [], throttle, quota }: UsagePlan): IndexedPlan {
  const whole = {
    id,
    throttle: rateOf(throttle),
    quota:
      quota?.limit === undefined || quota.period === undefined
        ? undefined
        : { limit: quota.limit, period: quota.period, offset: quota.offset ?? 0 },
  }
  return new Map(
    apiStages.map(({ apiId, stage, throttle: methods = {} }) => {
      const limits = Object.entries(methods).flatMap(([method, settings]) => {
        const rate = rateOf(settings)
        return rate === undefined ? [] : [[method, rate] as const]
      })
      return [`${apiId}:${stage}`, { ...whole, methods: new Map(limits) }]
    }),
  )
}

/** A limit of which one half is missing takes it from the other (?). */
function rateOf({ rateLimit, burstLimit }: ThrottleSettings = {}): Rate | undefined {
  if (rateLimit === undefined && burstLimit === undefined) return undefined
  return { rate: rateLimit ?? burstLimit ?? 0, burst: burstLimit ?? Math.ceil(rateLimit ?? 0) }
}
