// Which domain a host is, as records come and go.
import { expect, test } from 'vitest'
// oxlint-disable-next-line no-restricted-imports -- tests run on a real adapter, not on a stand-in
import { createMemoryStore } from '../adapters/memory-store.ts'
import type { DomainNameRecord, Scope } from '../nouns/records.ts'
import type { Store } from '../ports/store.ts'
import { Domains } from './domains.ts'

const scope: Scope = { account: '000000000000', region: 'us-east-1' }
const elsewhere: Scope = { account: '000000000000', region: 'eu-west-1' }

function put(store: Store, domainName: string, at = scope, more: DomainNameRecord = {}): Promise<void> {
  return store.transact(at, async (transaction) => transaction.put('DomainName', [domainName], { domainName, ...more }))
}

function refuse(error: unknown): never {
  throw error
}

test('domains of all regions are found, the exact name before the wildcard', async () => {
  const store = createMemoryStore()
  await put(store, 'a.example.com')
  await put(store, '*.example.com', elsewhere)
  const domains = new Domains(store, refuse)
  expect((await domains.find('a.example.com'))?.record.domainName).toBe('a.example.com')
  expect((await domains.find('b.example.com'))?.scope).toEqual(elsewhere)
  for (const host of ['example.com', 'a.b.example.com', '', 'localhost']) {
    expect(domains.find(host)).toBe(undefined)
  }
  domains.close()
})

test('a find after a commit sees it, whatever else is being read', async () => {
  const store = createMemoryStore()
  const domains = new Domains(store, refuse)
  for (let turn = 0; turn < 50; turn++) {
    const name = `d${turn}.example.com`
    const first = domains.find('none.example.com')
    await put(store, name)
    expect((await domains.find(name))?.record.domainName).toBe(name)
    await store.transact(scope, async (transaction) => transaction.delete('DomainName', [name]))
    expect(await domains.find(name)).toBe(undefined)
    expect(await first).toBe(undefined)
  }
  domains.close()
})

test('commits that are told of as a read ends are not forgotten', async () => {
  const store = createMemoryStore()
  const domains = new Domains(store, refuse)
  await domains.find('x.example.com')
  await Promise.all(
    Array.from({ length: 20 }, async (_, turn) => {
      for (let wait = 0; wait < turn; wait++) await Promise.resolve()
      await put(store, 'a.example.com', scope, { routingMode: 'ROUTING_RULE_ONLY' })
      await put(store, `a${turn}.example.com`)
      expect((await domains.find(`a${turn}.example.com`))?.record.domainName).toBe(`a${turn}.example.com`)
    }),
  )
  domains.close()
})

test('private names are found at the endpoints that are associated with them, and nowhere else', async () => {
  const store = createMemoryStore()
  const domains = new Domains(store, refuse)
  await domains.find('x')
  const domainNameArn = 'arn:aws:apigateway:us-east-1:000000000000:/domainnames/a.example.com+id'
  const associationArn = `arn:aws:apigateway:us-east-1:000000000000:/domainnameaccessassociations/domainname/a.example.com+id/vpcesource/vpce-1`
  await store.transact(scope, async (transaction) => {
    const record = { domainName: 'a.example.com', domainNameId: 'id', domainNameArn }
    transaction.put('DomainName', ['a.example.com', 'id'], record)
    transaction.put('BasePathMapping', ['a.example.com+id', '(none)'], { apiMappingId: 'm', restApiId: 'r' })
  })
  const everywhere = async (found = domains): Promise<readonly unknown[]> =>
    Promise.all(
      [undefined, 'vpce-1', 'vpce-2'].map(
        async (vpceId) => (await found.find('a.example.com', vpceId))?.record.domainNameId,
      ),
    )
  expect(await everywhere()).toEqual([undefined, undefined, undefined])
  await store.transact(scope, async (transaction) => {
    const record = { domainNameArn, accessAssociationSource: 'vpce-1' }
    transaction.put('DomainNameAccessAssociation', [associationArn], record)
  })
  expect(await everywhere()).toEqual([undefined, 'id', undefined])
  expect(await domains.find('a.example.com+id')).toBe(undefined)
  const another = new Domains(store, refuse)
  expect(await everywhere(another)).toEqual([undefined, 'id', undefined])
  another.close()
  await store.transact(scope, async (transaction) =>
    transaction.delete('DomainNameAccessAssociation', [associationArn]),
  )
  expect(await everywhere()).toEqual([undefined, undefined, undefined])
  domains.close()
})

test('a store that cannot be read is asked again', async () => {
  const store = createMemoryStore()
  await put(store, 'a.example.com')
  let isBroken = true
  const failures: string[] = []
  const flaky: Store = {
    read: (at) => store.read(at),
    transact: (at, work) => store.transact(at, work),
    scopes: () => (isBroken ? Promise.reject(new Error('gone')) : store.scopes()),
    watch: (listener) => store.watch(listener),
    close: () => store.close(),
  }
  const domains = new Domains(flaky, (error, name) => failures.push(`${name} ${(error as Error).message}`))
  expect(await domains.find('a.example.com')).toBe(undefined)
  isBroken = false
  expect((await domains.find('a.example.com'))?.record.domainName).toBe('a.example.com')
  expect(failures).toEqual(['* gone'])
})
