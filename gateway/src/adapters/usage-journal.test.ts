// How counts get into the store: what batches and rows hold, through crashes, full disks, and keys that come and go.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayOf, dayText } from '../nouns/quota.ts'
import type { Counters, QuotaLimit } from '../ports/counters.ts'
import type { Store } from '../ports/store.ts'
import { VirtualClock } from './clocks.ts'
import { createMemoryCounters } from './memory-counters.ts'
import { createMemoryStore } from './memory-store.ts'

const startMs = Date.UTC(2026, 10, 20, 7, 13, 5)
const dayMs = 86_400_000
const foldMs = 300_000
const scope = { account: '000000000000', region: 'us-east-1' }

const quotaOf = (keyId: string, more: Partial<QuotaLimit> = {}): QuotaLimit => ({
  kind: 'quota',
  scope,
  planId: 'p1',
  keyId,
  limit: 1_000_000,
  period: 'DAY',
  offset: 0,
  ...more,
})

/** A process with its counters: it may crash, after which nothing of it reaches the store. */
class Life {
  readonly clock: VirtualClock
  readonly counters: Counters
  private readonly store: Store
  private isOver = false
  /** Whether the disk takes nothing. */
  isFull = false

  constructor(store: Store, nowMs: number) {
    this.store = store
    this.clock = new VirtualClock(nowMs)
    const own: Store = {
      read: (of) => store.read(of),
      transact: (of, work) => this.transact(() => store.transact(of, work)),
      scopes: () => store.scopes(),
      watch: (listener) => store.watch((changes) => this.isOver || listener(changes)),
      close: () => store.close(),
    }
    this.counters = createMemoryCounters(own, this.clock)
  }

  async use(keyId: string, times: number, more: Partial<QuotaLimit> = {}): Promise<number> {
    let passed = 0
    for (let time = 0; time < times; time++) {
      if ((await this.counters.admit([quotaOf(keyId, more)])) === -1) passed++
    }
    return passed
  }

  /** What the key used by day, of the days on which it did. */
  async used(keyId: string): Promise<Record<string, number>> {
    const usage = await this.counters.usage(quotaOf(keyId), dayOf(startMs) - 100, dayOf(startMs) + 1000)
    return Object.fromEntries([...usage].map(([day, { used }]) => [dayText(day), used]))
  }

  /** Lets time pass, and all that is due be written. */
  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds)
    await this.settled()
  }

  crash(): Life {
    this.isOver = true
    return new Life(this.store, this.clock.now())
  }

  private async transact<T>(work: () => Promise<T>): Promise<T> {
    if (this.isOver || this.isFull) throw new Error('nothing can be written')
    return work()
  }

  private async settled(): Promise<void> {
    let before = -1
    for (let writes = 0; writes !== before;) {
      before = writes
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
      await this.store.transact(scope, async () => {})
      writes = (await batches(this.store)) + (await rows(this.store)).length
    }
  }
}

async function start(keyIds: readonly string[] = ['k1', 'k2']): Promise<{ store: Store; life: Life }> {
  const store = createMemoryStore()
  for (const keyId of keyIds) await join(store, keyId)
  return { store, life: new Life(store, startMs) }
}

const join = (store: Store, keyId: string): Promise<void> =>
  store.transact(scope, async (transaction) => transaction.put('UsagePlanKey', ['p1', keyId], { id: keyId }))

/** As `DeleteUsagePlanKey` does. */
const leave = (store: Store, keyId: string): Promise<void> =>
  store.transact(scope, async (transaction) => {
    for (const { key } of await transaction.list('UsageDay', ['p1', keyId])) transaction.delete('UsageDay', key)
    transaction.delete('UsagePlanKey', ['p1', keyId])
  })

const batches = async (store: Store): Promise<number> => (await store.read(scope).list('UsageBatch', [])).length

const rows = async (store: Store): Promise<readonly (readonly [string, string, number])[]> => {
  const entries = await store.read(scope).list('UsageDay', [])
  return entries.map(({ key, record }) => [key[1] ?? '', key[2] ?? '', record.used] as const)
}

test('counts are in one batch a second, and in rows after five minutes', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.use('k2', 1)
  await life.pass(999)
  expect(await batches(store)).toBe(0)
  await life.pass(1)
  expect(await store.read(scope).list('UsageBatch', [])).toEqual([
    {
      key: ['000000000000000'],
      record: {
        left: [],
        plans: [{ planId: 'p1', day: '2026-11-20', keys: ['k1', 2, 0, 999_998, 'k2', 1, 0, 999_999] }],
      },
    },
  ])
  expect(await rows(store)).toEqual([])
  await life.pass(foldMs)
  expect(await batches(store)).toBe(0)
  expect(await rows(store)).toEqual([
    ['k1', '2026-11-20', 2],
    ['k2', '2026-11-20', 1],
  ])
})

test('an orderly end leaves rows alone', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.pass(1000)
  await life.use('k1', 1)
  await life.counters.close()
  expect(await batches(store)).toBe(0)
  expect(await rows(store)).toEqual([['k1', '2026-11-20', 3]])
})

test('usage has what was counted a moment ago, without a write', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  expect(await life.used('k1')).toEqual({ '2026-11-20': 2 })
  expect(await batches(store)).toBe(0)
  await life.pass(dayMs)
  await life.use('k1', 1)
  expect(await life.used('k1')).toEqual({ '2026-11-20': 2, '2026-11-21': 1 })
  expect(await life.used('k2')).toEqual({})
})

test('after a crash all seconds but the last are there, whoever asks first', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.pass(1000)
  await life.use('k1', 3)
  await life.use('k2', 1)
  await life.pass(1000)
  await life.use('k1', 1)
  const second = life.crash()
  expect(await second.used('k1')).toEqual({ '2026-11-20': 5 })
  expect(await batches(store)).toBe(0)
  expect(await rows(store)).toEqual([
    ['k1', '2026-11-20', 5],
    ['k2', '2026-11-20', 1],
  ])
  await second.use('k1', 1)
  await second.pass(1000)
  expect(await second.crash().use('k1', 9, { limit: 8 })).toBe(2)
})

test('a second of many keys is kept in several batches', async () => {
  const keyIds = Array.from({ length: 4100 }, (_, index) => `k${index}`)
  const { store, life } = await start(keyIds)
  for (const keyId of keyIds) await life.use(keyId, 1)
  await life.use('k4000', 1)
  await life.counters.flush()
  expect(await batches(store)).toBe(3)
  const second = life.crash()
  expect(await second.used('k4000')).toEqual({ '2026-11-20': 2 })
  const kept = await rows(store)
  expect([kept.length, kept.reduce((sum, [, , used]) => sum + used, 0)]).toEqual([4100, 4101])
})

test('a count that goes on while batches are folded is folded again', async () => {
  // Rows are written five hundred at a time.
  const keyIds = Array.from({ length: 1000 }, (_, index) => `k${1000 + index}`)
  const { store, life } = await start(keyIds)
  for (const keyId of keyIds) await life.use(keyId, 1)
  await life.pass(1000)
  life.clock.advance(foldMs)
  await life.use('k1999', 1)
  await life.counters.flush()
  await life.pass(0)
  await life.use('k1999', 1)
  await life.counters.close()
  expect((await rows(store)).at(-1)).toEqual(['k1999', '2026-11-20', 3])
})

test('another period keeps what was used on the day', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  expect(await life.use('k1', 9, { period: 'WEEK', limit: 3 })).toBe(1)
  expect(await life.use('k1', 9, { period: 'DAY', limit: 4 })).toBe(1)
  expect(await life.use('k1', 9, { period: 'MONTH', limit: 4 })).toBe(0)
  await life.counters.close()
  expect(await rows(store)).toEqual([['k1', '2026-11-20', 4]])
})

test('a key that left its plan and joined again begins anew, also after a crash', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.use('k2', 1)
  await life.pass(1000)
  await leave(store, 'k1')
  await join(store, 'k1')
  const second = life.crash()
  expect([await second.used('k1'), await second.used('k2')]).toEqual([{}, { '2026-11-20': 1 }])
  expect(await second.use('k1', 9, { limit: 3 })).toBe(3)
})

test('a key that leaves its plan before what a crash left was read is forgotten', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.pass(1000)
  const second = life.crash()
  await leave(store, 'k1')
  await join(store, 'k1')
  expect(await second.used('k1')).toEqual({})
  expect(await rows(store)).toEqual([])
})

test('a key that left its plan right before a crash brings nothing back', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.pass(1000)
  life.crash()
  await leave(store, 'k1')
  const third = new Life(store, startMs)
  expect(await third.used('k2')).toEqual({})
  expect(await rows(store)).toEqual([])
})

test('a key that is put into its plan again, as an import does, goes on', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await join(store, 'k1')
  expect(await life.use('k1', 9, { limit: 3 })).toBe(1)
})

test('a disk that is full for a while loses nothing', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.pass(1000)
  life.isFull = true
  await life.use('k1', 1)
  await life.pass(1000)
  await life.use('k2', 1)
  await life.pass(foldMs)
  expect(await batches(store)).toBe(1)
  life.isFull = false
  await life.pass(1000)
  expect(await batches(store)).toBe(2)
  await life.pass(foldMs)
  expect(await batches(store)).toBe(0)
  expect(await rows(store)).toEqual([
    ['k1', '2026-11-20', 3],
    ['k2', '2026-11-20', 1],
  ])
})

test('rows that a full disk did not take are written later', async () => {
  const { store, life } = await start()
  await life.use('k1', 2)
  await life.pass(1000)
  life.isFull = true
  await life.pass(foldMs)
  life.isFull = false
  expect([await batches(store), await rows(store)]).toEqual([1, []])
  await life.pass(foldMs)
  expect([await batches(store), await rows(store)]).toEqual([0, [['k1', '2026-11-20', 2]]])
})

test('folders that have rows alone, as former versions wrote them, are gone on with', async () => {
  const { store, life } = await start()
  await store.transact(scope, async (transaction) => {
    transaction.put('UsageDay', ['p1', 'k1', '2026-11-20'], { used: 5, granted: 1, remaining: 4 })
  })
  expect(await life.use('k1', 20, { limit: 8 })).toBe(4)
  expect(await life.used('k1')).toEqual({ '2026-11-20': 9 })
})

const keyId = fc.constantFrom('k1', 'k2', 'k3')
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('use' as const), keyId, times: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(400, 1000, foldMs, dayMs) }),
  },
  fc.record({ do: fc.constant('step back' as const) }),
  fc.record({ do: fc.constant('rejoin' as const), keyId }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('crash' as const) }),
)

test('whatever happens, and in whichever order: what was counted is what is told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const keyIds = ['k1', 'k2', 'k3']
      const { store, life: first } = await start(keyIds)
      let life = first
      const expected = new Map<string, Record<string, number>>(keyIds.map((id) => [id, {}]))
      for (const each of steps) {
        if (each.do === 'use') {
          await life.use(each.keyId, each.times)
          const days = expected.get(each.keyId) ?? {}
          const day = dayText(dayOf(life.clock.now()))
          days[day] = (days[day] ?? 0) + each.times
        } else if (each.do === 'pass') {
          await life.pass(each.ms)
        } else if (each.do === 'step back') {
          life.clock.set(life.clock.now() - dayMs)
        } else if (each.do === 'rejoin') {
          await leave(store, each.keyId)
          await join(store, each.keyId)
          expected.set(each.keyId, {})
        } else if (each.do === 'restart') {
          await life.counters.close()
          life = life.crash()
        } else {
          await life.counters.flush()
          life = life.crash()
        }
        for (const id of keyIds) expect(await life.used(id)).toEqual(expected.get(id))
      }
      await life.counters.close()
      expect(await batches(store)).toBe(0)
      const kept = await rows(store)
      const days = [...expected].flatMap(([id, of]) => Object.entries(of).map(([day, used]) => [id, day, used]))
      expect(kept.filter(([, , used]) => used > 0)).toEqual(days.sort())
    }),
    { numRuns: 60 },
  )
})
