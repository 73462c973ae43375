// Plans are kept for as long as their API is there.
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
// oxlint-disable-next-line no-restricted-imports -- tests run on a real adapter, not on a stand-in
import { createMemoryStore } from '../adapters/memory-store.ts'
import { Plans, type StageCompiler } from './plans.ts'
import type { Plan } from './stage-plan.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const scope = { account: '000000000000', region: 'us-east-1' }

test('a deleted API leaves no plan behind, though nobody asks for it again', async () => {
  const store = createMemoryStore()
  const compiled: WeakRef<Plan>[] = []
  const compiler: StageCompiler = {
    stages: () => Promise.resolve(['prod']),
    protocol: () => Promise.resolve('REST'),
    compile: () => {
      const plan = { protocol: 'REST' } as Plan
      compiled.push(new WeakRef(plan))
      return Promise.resolve(plan)
    },
  }
  const plans = new Plans(store, { RestApi: compiler, V2Api: compiler }, () => {})
  await store.transact(scope, async (writes) => {
    await writes.claim('api', 'a1', JSON.stringify({ ...scope, kind: 'RestApi' }))
    writes.put('RestApi', ['a1'], { id: 'a1' })
  })
  const planned = async (): Promise<boolean> => (await (await plans.api('a1'))?.stage('prod')) !== undefined
  expect(await planned()).toBe(true)

  await store.transact(scope, (writes) => {
    writes.put('RestApi', ['a1'], { id: 'a1', name: 'changed' })
    return Promise.resolve()
  })
  await turn()
  expect(await planned()).toBe(true)

  await store.transact(scope, (writes) => {
    writes.release('api', 'a1')
    writes.delete('RestApi', ['a1'])
    return Promise.resolve()
  })
  await turn()
  collectGarbage()
  expect(compiled.map((plan) => plan.deref())).toEqual([undefined, undefined])
  plans.close()
})
