// The index of API keys: what it finds, and how it follows what is committed.
import { expect, test } from 'vitest'
import type { Store } from '../ports/store.ts'
import { createMemoryStore } from './memory-store.ts'
import { createStoredApiKeys } from './stored-api-keys.ts'

const scope = { account: '000000000000', region: 'us-east-1' }

async function put(store: Store, keyId: string, value: string, enabled = true): Promise<void> {
  await store.transact(scope, async (transaction) => transaction.put('ApiKey', [keyId], { id: keyId, value, enabled }))
}

async function join(store: Store, planId: string, keyId: string): Promise<void> {
  await store.transact(scope, async (transaction) => {
    transaction.put('UsagePlan', [planId], {
      id: planId,
      apiStages: [{ apiId: 'a', stage: 'prod', throttle: { '/pets/GET': { rateLimit: 1.5, burstLimit: 2 } } }],
      throttle: { rateLimit: 5, burstLimit: 10 },
      quota: { limit: 7, period: 'WEEK', offset: 1 },
    })
    transaction.put('UsagePlanKey', [planId, keyId], { id: keyId })
  })
}

test('finds what was there before, and tells its plan for a stage', async () => {
  const store = createMemoryStore()
  await put(store, 'k1', 'v1')
  await join(store, 'p1', 'k1')
  const keys = createStoredApiKeys(store)
  const key = await keys.find(scope, 'v1')
  expect(key?.id).toBe('k1')
  expect(key?.planFor('a:prod')).toEqual({
    id: 'p1',
    throttle: { rate: 5, burst: 10 },
    quota: { limit: 7, period: 'WEEK', offset: 1 },
    methods: new Map([['/pets/GET', { rate: 1.5, burst: 2 }]]),
  })
  expect(key?.planFor('a:test')).toBeUndefined()
  expect(await keys.find(scope, 'k1')).toBeUndefined()
  expect(await keys.find({ ...scope, region: 'eu-west-1' }, 'v1')).toBeUndefined()
})

test('follows every commit at once: new, renamed, disabled and deleted keys, plans and memberships', async () => {
  const store = createMemoryStore()
  const keys = createStoredApiKeys(store)
  expect(await keys.find(scope, 'v1')).toBeUndefined()
  await put(store, 'k1', 'v1')
  expect((await keys.find(scope, 'v1'))?.planFor('a:prod')).toBeUndefined()
  await join(store, 'p1', 'k1')
  expect((await keys.find(scope, 'v1'))?.planFor('a:prod')?.id).toBe('p1')
  await put(store, 'k1', 'v2')
  expect(await keys.find(scope, 'v1')).toBeUndefined()
  expect((await keys.find(scope, 'v2'))?.planFor('a:prod')?.id).toBe('p1')
  await put(store, 'k1', 'v2', false)
  expect(await keys.find(scope, 'v2')).toBeUndefined()
  await put(store, 'k1', 'v2')
  await store.transact(scope, async (transaction) => transaction.delete('UsagePlanKey', ['p1', 'k1']))
  expect((await keys.find(scope, 'v2'))?.planFor('a:prod')).toBeUndefined()
  await join(store, 'p1', 'k1')
  await store.transact(scope, async (transaction) => transaction.delete('UsagePlan', ['p1']))
  expect((await keys.find(scope, 'v2'))?.planFor('a:prod')).toBeUndefined()
  await store.transact(scope, async (transaction) => transaction.delete('ApiKey', ['k1']))
  expect(await keys.find(scope, 'v2')).toBeUndefined()
})

test('answers at once when nothing changed, and reads more keys than a page has', async () => {
  const store = createMemoryStore()
  await store.transact(scope, async (transaction) => {
    for (let index = 0; index < 2_500; index++) {
      transaction.put('ApiKey', [`k${index}`], { id: `k${index}`, value: `v${index}`, enabled: true })
    }
  })
  const keys = createStoredApiKeys(store)
  expect((await keys.find(scope, 'v2499'))?.id).toBe('k2499')
  const found = keys.find(scope, 'v0')
  expect(found).not.toBeInstanceOf(Promise)
  expect(found).toMatchObject({ id: 'k0' })
})

test('says what a value lacks, and knows a key and its plan that came together', async () => {
  const store = createMemoryStore()
  const keys = createStoredApiKeys(store)
  expect(await keys.find(scope, 'v1')).toBeUndefined()
  expect(keys.lackOf(scope, 'v1', 'a:prod')).toEqual({ lack: 'unknown' })
  await put(store, 'k1', 'v1', false)
  expect(await keys.find(scope, 'v1')).toBeUndefined()
  expect(keys.lackOf(scope, 'v1', 'a:prod')).toEqual({ lack: 'disabled', keyId: 'k1' })
  await put(store, 'k1', 'v1')
  await keys.find(scope, 'v1')
  expect(keys.lackOf(scope, 'v1', 'a:prod')).toEqual({ lack: 'in no usage plan', keyId: 'k1' })
  await join(store, 'p1', 'k1')
  await keys.find(scope, 'v1')
  expect(keys.lackOf(scope, 'v1', 'a:test')).toEqual({ lack: 'in no usage plan of the stage', keyId: 'k1' })
  await store.transact(scope, async (transaction) => {
    transaction.put('UsagePlanKey', ['p1', 'k2'], { id: 'k2' })
    transaction.put('ApiKey', ['k2'], { id: 'k2', value: 'v2', enabled: true })
  })
  expect((await keys.find(scope, 'v2'))?.planFor('a:prod')?.id).toBe('p1')
})
