// The API keys and usage plans of one account and region: found by the hash of a key's value, brought up to date by changes.
import { hash, randomBytes } from 'node:crypto'
import type { ApiKey, ThrottleSettings, UsagePlan } from '@sluice/aws-protocol/apigateway'
import type { ApiKeys, KnownKey, KnownPlan } from '../ports/api-keys.ts'
import type { Rate } from '../ports/counters.ts'
import type { Change, Reader } from '../ports/store.ts'

/** So many records are read at a time: a million keys must not stand in memory twice, nor hold up requests meanwhile. */
const pageSize = 1_000

/** What a request needs to know of a key, and nothing else: there may be a million keys. */
class IndexedKey implements KnownKey {
  readonly id: string
  readonly hash: string
  readonly isEnabled: boolean
  /** Ids of its plans; keys of the same plans share the list. */
  planIds: readonly string[]
  private readonly index: KeyIndex

  constructor(index: KeyIndex, { id, hash, isEnabled }: Pick<IndexedKey, 'id' | 'hash' | 'isEnabled'>) {
    this.index = index
    this.id = id
    this.hash = hash
    this.isEnabled = isEnabled
    this.planIds = noPlans
  }

  planFor(stage: string): KnownPlan | undefined {
    return this.index.planFor(this.planIds, stage)
  }
}

const noPlans: readonly string[] = []

/** A plan by the stages that it covers. */
type IndexedPlan = ReadonlyMap<string, KnownPlan>

export class KeyIndex {
  private readonly reader: Reader
  private readonly salt = randomBytes(16).toString('hex')
  private readonly keys = new Map<string, IndexedKey>()
  private readonly keysByHash = new Map<string, IndexedKey>()
  private readonly plans = new Map<string, IndexedPlan>()
  private readonly planLists = new Map<string, readonly string[]>()
  /** The reading under way; undefined when the index has all that was committed. */
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
    if (this.reading !== undefined) return this.reading.then(() => this.find(value))
    const key = this.keyOf(value)
    return key?.isEnabled === true ? key : undefined
  }

  /** Why a value does not let its bearer call a stage. */
  lackOf(value: string, stage: string): ReturnType<ApiKeys['lackOf']> {
    const key = this.keyOf(value)
    if (key === undefined) return { lack: 'unknown' }
    if (!key.isEnabled) return { lack: 'disabled', keyId: key.id }
    const isPlanned = key.planIds.length > 0 && key.planFor(stage) === undefined
    return { lack: isPlanned ? 'in no usage plan of the stage' : 'in no usage plan', keyId: key.id }
  }

  /** A stage is covered by one of a key's plans at most. */
  planFor(planIds: readonly string[], stage: string): KnownPlan | undefined {
    for (const planId of planIds) {
      const plan = this.plans.get(planId)?.get(stage)
      if (plan !== undefined) return plan
    }
    return undefined
  }

  /** Learns what a commit changed. Whoever asks from now on waits until it is known. */
  touch(changes: readonly Change[]): void {
    this.read(async () => {
      for (const { kind, key } of changes) {
        if (kind === 'ApiKey') this.putKey(key[0] ?? '', await this.reader.get('ApiKey', key))
        else if (kind === 'UsagePlan') this.putPlan(key[0] ?? '', await this.reader.get('UsagePlan', key))
      }
      // After the loop above: a commit may bring a key together with its place in a plan.
      for (const { kind, key } of changes) {
        if (kind !== 'UsagePlanKey') continue
        this.putMembership(key[0] ?? '', key[1] ?? '', (await this.reader.get('UsagePlanKey', key)) !== undefined)
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

  private keyOf(value: string): IndexedKey | undefined {
    return this.keysByHash.get(this.hashOf(value))
  }

  /** Values are compared by a hash that nobody outside can compute: how long it takes tells nothing about them. */
  private hashOf(value: string): string {
    return hash('sha256', this.salt + value, 'binary')
  }

  private async load(): Promise<void> {
    for (const map of [this.keys, this.keysByHash, this.plans, this.planLists]) map.clear()
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
      // Requests that need no key are served between two pages.
      if (after !== undefined) await new Promise((resolve) => setImmediate(resolve))
    } while (after !== undefined)
  }

  private putKey(id: string, record: ApiKey | undefined): void {
    const before = this.keys.get(id)
    if (before !== undefined) this.keysByHash.delete(before.hash)
    if (record?.value === undefined) {
      this.keys.delete(id)
      return
    }
    const key = new IndexedKey(this, { id, hash: this.hashOf(record.value), isEnabled: record.enabled === true })
    if (before !== undefined) key.planIds = before.planIds
    this.keys.set(id, key)
    this.keysByHash.set(key.hash, key)
  }

  private putPlan(id: string, record: UsagePlan | undefined): void {
    if (record === undefined) this.plans.delete(id)
    else this.plans.set(id, indexed(id, record))
  }

  private putMembership(planId: string, keyId: string, isMember: boolean): void {
    const key = this.keys.get(keyId)
    if (key === undefined) return
    const others = key.planIds.filter((id) => id !== planId)
    key.planIds = this.sharedList(isMember ? [...others, planId] : others)
  }

  private sharedList(planIds: readonly string[]): readonly string[] {
    const name = planIds.join('/')
    const known = this.planLists.get(name)
    if (known === undefined) this.planLists.set(name, planIds)
    return known ?? planIds
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
