// Makes the context of handlers for tests: a call over a real store in memory, with the real document reader.
// oxlint-disable-next-line no-restricted-imports -- tests run on real adapters, not on stand-ins
import { createDocumentReader } from '../adapters/document-reader.ts'
// oxlint-disable-next-line no-restricted-imports -- as above
import { createMemoryStore } from '../adapters/memory-store.ts'
import { noBackends } from '../nouns/backends.ts'
import { randomIds } from '../nouns/ids.ts'
import { adjustableLimits } from '../nouns/limits.ts'
import type { Scope } from '../nouns/records.ts'
import type { Store } from '../ports/store.ts'
import { selfSigned } from './apigateway/self-signed.ts'
import type { Call } from './call.ts'

export const scope: Scope = { account: '000000000000', region: 'us-east-1' }

/** The certificate that every bucket has as `trust.pem`; it is valid from 2023 to 2027. */
const truststore = selfSigned(1_700_000_000_000, 1_800_000_000_000).then(({ certificatePem }) => certificatePem)

export interface MemoryCalls {
  readonly store: Store
  /** Runs `work` in one transaction, as the endpoint does. When it throws, nothing is stored. */
  readonly run: <Output>(nowMs: number, work: (call: Call) => Output | Promise<Output>) => Promise<Output>
  /** The warnings that calls have logged so far. */
  readonly warned: object[]
}

/** Calls of the account's root in a region, on a store of their own. */
export function memoryCalls(region = scope.region): MemoryCalls {
  const here = { ...scope, region }
  const store = createMemoryStore()
  const documents = createDocumentReader()
  const warned: object[] = []
  const arn = `arn:aws:iam::${scope.account}:root`
  return {
    store,
    warned,
    run: (nowMs, work) =>
      store.transact(here, async (transaction) =>
        work({
          scope: here,
          principal: { account: scope.account, arn, userId: scope.account, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
          requestId: 'c0ffee00-0000-4000-8000-000000000000',
          nowMs,
          ids: randomIds,
          addresses: { apiEndpoint: (apiId) => `http://${apiId}.execute-api.localhost:4566` },
          store: transaction,
          objects: { read: async (_, key) => (key === 'trust.pem' ? Buffer.from(await truststore) : undefined) },
          customIds: true,
          documents,
          limits: adjustableLimits,
          origin: 'http://localhost',
          backends: noBackends,
          unreachableIssuers: new Set(),
          warn: (facts) => warned.push(facts),
        }),
      ),
  }
}
