// What every store has to do: the suite that each adapter runs against itself.
import { describe, expect, test } from 'vitest'
import { linedJson } from '../nouns/lined-json.ts'
import type { Records, Scope } from '../nouns/records.ts'
import type { Change, Reader, Store, Transaction } from './store.ts'

const scope: Scope = { account: '000000000000', region: 'us-east-1' }
const elsewhere: Scope = { account: '111111111111', region: 'us-east-1' }

function model(name: string): Records['Model'] {
  return { name, contentType: 'application/json' }
}

/** `open` gives a new, empty store each time. */
export function storeContract(name: string, open: () => Store | Promise<Store>): void {
  const withStore = (title: string, body: (store: Store) => Promise<void>): void => {
    test(title, async () => {
      const store = await open()
      try {
        await body(store)
      } finally {
        await store.close()
      }
    })
  }

  describe(`${name} as a store`, () => {
    withStore('gives back what was put, and undefined for what was not', async (store) => {
      await store.transact(scope, async (transaction) => transaction.put('Model', ['api', 'Pet'], model('Pet')))
      expect(await store.read(scope).get('Model', ['api', 'Pet'])).toEqual(model('Pet'))
      expect(await store.read(scope).get('Model', ['api', 'Cat'])).toBeUndefined()
      expect(await store.read(scope).get('RestApi', ['api'])).toBeUndefined()
    })

    withStore('keeps a document of a hundred thousand characters as it was put', async (store) => {
      const large = { ...model('Pet'), schema: JSON.stringify({ description: 'Höhe ✓ '.repeat(15_000) }) }
      await store.transact(scope, async (transaction) => transaction.put('Model', ['api', 'Pet'], large))
      expect(await store.read(scope).get('Model', ['api', 'Pet'])).toEqual(large)
      expect(await store.read(scope).list('Model', ['api'])).toEqual([{ key: ['api', 'Pet'], record: large }])
    })

    withStore('keeps a record that was put in turns like any other', async (store) => {
      const plan: Records['UsagePlan'] = {
        name: 'gold',
        apiStages: [{ apiId: 'a', stage: 'one\ntwo' }, { apiId: 'b' }],
      }
      await store.transact(scope, async (transaction) => {
        transaction.putLarge('UsagePlan', ['plan'], await linedJson(plan))
        expect(await transaction.get('UsagePlan', ['plan'])).toEqual(plan)
      })
      expect(await store.read(scope).get('UsagePlan', ['plan'])).toEqual(plan)
      expect(await store.read(scope).list('UsagePlan', [])).toEqual([{ key: ['plan'], record: plan }])
    })

    withStore(
      'gives the entries of a large record’s lists to who takes them, and keeps the other lists',
      async (store) => {
        const plan = { name: 'gold', apiStages: [{ apiId: 'a', stage: 'one\ntwo' }, { apiId: 'b' }], features: ['x'] }
        const taken = async (read: Pick<Reader, 'getTaking'>, key: string): Promise<unknown> => {
          const stages: unknown[] = []
          const takers = { apiStages: (stage: unknown) => stages.push(stage) }
          return [await read.getTaking('UsagePlan', [key], takers), stages]
        }
        const expected = [{ ...plan, apiStages: [] }, plan.apiStages]
        await store.transact(scope, async (transaction) => {
          transaction.putLarge('UsagePlan', ['large'], await linedJson(plan))
          transaction.put('UsagePlan', ['small'], plan)
          expect(await taken(transaction, 'large')).toEqual(expected)
        })
        expect(await taken(store.read(scope), 'large')).toEqual(expected)
        expect(await taken(store.read(scope), 'small')).toEqual(expected)
        expect(await taken(store.read(scope), 'none')).toEqual([undefined, []])
      },
    )

    withStore(
      'gives records one after the other as it lists them, those of the transaction among them',
      async (store) => {
        const put = (transaction: Transaction, from: number): void => {
          for (let index = from; index < 700; index += 2) {
            const name = String(1000 + index)
            transaction.put('Model', ['api', name], model(name))
          }
        }
        await store.transact(scope, async (transaction) => {
          put(transaction, 0)
          transaction.put('Model', ['other', 'Pet'], model('Pet'))
        })
        const read = store.read(scope)
        expect([...read.each('Model', ['api'])]).toHaveLength(350)
        expect([...read.each('Model', ['api'])]).toEqual(await read.list('Model', ['api']))
        await store.transact(scope, async (transaction) => {
          put(transaction, 1)
          transaction.delete('Model', ['api', '1006'])
          const all = await transaction.list('Model', ['api'])
          expect(all).toHaveLength(699)
          expect([...transaction.each('Model', ['api'])]).toEqual(all)
          // What goes while they are gone through is gone afterwards.
          for (const { key } of transaction.each('Model', ['api'])) transaction.delete('Model', key)
          expect([...transaction.each('Model', ['api'])]).toEqual([])
        })
      },
    )

    withStore('keeps accounts and regions apart', async (store) => {
      await store.transact(scope, async (transaction) => transaction.put('Model', ['api', 'Pet'], model('Pet')))
      expect(await store.read(elsewhere).get('Model', ['api', 'Pet'])).toBeUndefined()
      expect(await store.read({ ...scope, region: 'eu-west-1' }).list('Model', [])).toEqual([])
      expect(await store.scopes()).toEqual([scope])
    })

    withStore('lists below a key prefix in key order, in pages', async (store) => {
      await store.transact(scope, async (transaction) => {
        for (const key of [
          ['b', '2'],
          ['a', '1'],
          ['b', '10'],
          ['b0', '1'],
          ['b', 'x/y'],
        ])
          transaction.put('Model', key, model(key.join('-')))
      })
      const read = store.read(scope)
      const keys = async (...list: Parameters<typeof read.list>): Promise<unknown> =>
        (await read.list(...list)).map(({ key }) => key)
      expect(await keys('Model', ['b'])).toEqual([
        ['b', '10'],
        ['b', '2'],
        ['b', 'x/y'],
      ])
      expect(await keys('Model', ['b'], { limit: 1 })).toEqual([['b', '10']])
      expect(await keys('Model', ['b'], { after: ['b', '10'], limit: 5 })).toEqual([
        ['b', '2'],
        ['b', 'x/y'],
      ])
      expect(await keys('Model', [], { limit: 2 })).toEqual([
        ['a', '1'],
        ['b', '10'],
      ])
    })

    withStore('shows a transaction its own writes, in gets and in lists', async (store) => {
      await store.transact(scope, async (transaction) => {
        transaction.put('Model', ['a', '1'], model('one'))
        transaction.put('Model', ['a', '3'], model('three'))
      })
      await store.transact(scope, async (transaction) => {
        transaction.put('Model', ['a', '2'], model('two'))
        transaction.delete('Model', ['a', '3'])
        expect(await transaction.get('Model', ['a', '3'])).toBeUndefined()
        const listed = await transaction.list('Model', ['a'])
        expect(listed.map(({ record }) => record.name)).toEqual(['one', 'two'])
        expect((await transaction.list('Model', ['a'], { limit: 1 })).length).toBe(1)
      })
      expect((await store.read(scope).list('Model', ['a'])).map(({ record }) => record.name)).toEqual(['one', 'two'])
    })

    withStore('writes nothing of a transaction that throws', async (store) => {
      const failing = store.transact(scope, async (transaction) => {
        transaction.put('Model', ['api', 'Pet'], model('Pet'))
        await transaction.claim('api', 'abc', 'here')
        throw new Error('refused')
      })
      await expect(failing).rejects.toThrow('refused')
      expect(await store.read(scope).list('Model', [])).toEqual([])
      expect(await store.read(scope).claimed('api', 'abc')).toBeUndefined()
    })

    withStore(
      'shows all of a large commit or nothing, and gives others their turns while it is made',
      async (store) => {
        const count = 20_000
        const read = store.read(scope)
        const seen = new Set<string>()
        let turns = 0
        const made = new AbortController()
        const work = store.transact(scope, async (transaction) => {
          for (let index = 0; index < count; index++)
            transaction.put('Method', ['api', String(index)], { httpMethod: 'GET' })
          transaction.put('RestApi', ['api'], { name: 'large' })
          transaction.release('api', 'api')
        })
        const ended = work.finally(() => made.abort())
        while (!made.signal.aborted) {
          turns++
          const [first, middle, api] = await Promise.all([
            read.get('Method', ['api', '0']),
            read.get('Method', ['api', String(count / 2)]),
            read.get('RestApi', ['api']),
          ])
          seen.add([first, middle, api].map((record) => (record === undefined ? 'absent' : 'there')).join(' '))
          await new Promise((resolve) => setImmediate(resolve))
        }
        await ended
        // What is read a moment later may show a commit that the first did not.
        const whole = ['absent absent absent', 'absent absent there', 'absent there there', 'there there there']
        expect(whole).toEqual(expect.arrayContaining([...seen]))
        expect(turns).toBeGreaterThan(5)
        expect(await read.list('Method', ['api'])).toHaveLength(count)
      },
    )

    withStore('runs transactions one after the other, so that a read-then-write loses nothing', async (store) => {
      const append = (): Promise<void> =>
        store.transact(scope, async (transaction) => {
          const before = await transaction.get('Model', ['counter'])
          await new Promise((resolve) => setImmediate(resolve))
          transaction.put('Model', ['counter'], { name: `${before?.name ?? ''}x` })
        })
      await Promise.all(Array.from({ length: 20 }, append))
      expect((await store.read(scope).get('Model', ['counter']))?.name).toBe('x'.repeat(20))
    })

    withStore('gives a claimed name to one only, in all accounts, until it is released', async (store) => {
      const claim = (owner: Scope, value: string): Promise<boolean> =>
        store.transact(owner, (transaction) => transaction.claim('domain', 'api.example.com', value))
      expect(await claim(scope, 'first')).toBe(true)
      expect(await claim(elsewhere, 'second')).toBe(false)
      expect(await store.read(elsewhere).claimed('domain', 'api.example.com')).toBe('first')
      await store.transact(scope, async (transaction) => transaction.release('domain', 'api.example.com'))
      expect(await claim(elsewhere, 'second')).toBe(true)
    })

    withStore('tells watchers each commit in order, before transact resolves', async (store) => {
      const seen: Change[] = []
      const stop = store.watch((changes) => seen.push(...changes))
      await store.transact(scope, async (transaction) => {
        transaction.put('Model', ['api', 'Pet'], model('Pet'))
        transaction.delete('RestApi', ['gone'])
      })
      expect(seen.map(({ kind, key, isDeleted }) => [kind, ...key, isDeleted])).toEqual([
        ['Model', 'api', 'Pet', false],
        ['RestApi', 'gone', true],
      ])
      expect(seen[0]?.scope).toEqual(scope)
      expect((seen[1]?.sequence ?? 0) - (seen[0]?.sequence ?? 0)).toBe(1)
      stop()
      await store.transact(scope, async (transaction) => transaction.put('Model', ['api', 'Cat'], model('Cat')))
      expect(seen.length).toBe(2)
    })

    withStore('keeps any string as a key part and any JSON value in a record', async (store) => {
      const parts = ['__proto__', 'a/b%2F', '', 'ünï\u0001', '😀'] as const
      const record = JSON.parse('{"name":"__proto__","schema":"{\\"__proto__\\":1}"}') as Records['Model']
      await store.transact(scope, async (transaction) => {
        for (const part of parts) transaction.put('Model', ['api', part], record)
      })
      for (const part of parts) expect(await store.read(scope).get('Model', ['api', part])).toEqual(record)
      expect((await store.read(scope).list('Model', ['api'])).map(({ key }) => key[1]).sort()).toEqual(
        [...parts].sort(),
      )
    })

    withStore('returns copies: changing one changes nothing stored', async (store) => {
      await store.transact(scope, async (transaction) => transaction.put('Model', ['api', 'Pet'], model('Pet')))
      const copy = await store.read(scope).get('Model', ['api', 'Pet'])
      Object.assign(copy ?? {}, { name: 'changed' })
      expect((await store.read(scope).get('Model', ['api', 'Pet']))?.name).toBe('Pet')
    })
  })
}
