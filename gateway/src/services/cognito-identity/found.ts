// Loads pools and identities: for their owner from its own account, for everybody else by their ids alone.
import {
  identityClaims,
  poolClaims,
  regionOfId,
  type IdentityPoolRecord,
  type IdentityRecord,
} from '../../nouns/identity-pool.ts'
import type { Scope } from '../../nouns/records.ts'
import type { Reader, Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { noSuchIdentity, noSuchPool } from './faults.ts'

/** A pool, with its account and region. */
export interface FoundPool {
  readonly scope: Scope
  readonly record: IdentityPoolRecord
}

/** A pool of the caller's account. Throws ResourceNotFoundException. */
export async function ownPool(call: Call, identityPoolId: string): Promise<IdentityPoolRecord> {
  const record = await call.store.get('IdentityPool', [identityPoolId])
  if (record === undefined) throw noSuchPool(identityPoolId)
  return record
}

/** An identity of the caller's account. Throws ResourceNotFoundException. */
export async function ownIdentity({ store }: Call, identityId: string): Promise<IdentityRecord> {
  const poolId = await store.claimed(identityClaims, identityId)
  const record = poolId === undefined ? undefined : await store.get('Identity', [poolId, identityId])
  if (record === undefined) throw noSuchIdentity(identityId)
  return record
}

/** Any pool, for callers without credentials. Throws ResourceNotFoundException. */
export async function anyPool(store: Store, identityPoolId: string): Promise<FoundPool> {
  const account = await store.read({ account: '', region: '' }).claimed(poolClaims, identityPoolId)
  if (account === undefined) throw noSuchPool(identityPoolId)
  const scope = { account, region: regionOfId(identityPoolId) }
  const record = await store.read(scope).get('IdentityPool', [identityPoolId])
  if (record === undefined) throw noSuchPool(identityPoolId)
  return { scope, record }
}

/** The pool of any identity. Throws ResourceNotFoundException. */
export async function poolOfIdentity(store: Store, identityId: string): Promise<FoundPool> {
  const poolId = await store.read({ account: '', region: '' }).claimed(identityClaims, identityId)
  if (poolId === undefined) throw noSuchIdentity(identityId)
  return anyPool(store, poolId)
}

/** An identity of a pool; for one that was merged into another, the other. Throws ResourceNotFoundException. */
export async function currentIdentity(
  reader: Reader,
  identityPoolId: string,
  identityId: string,
): Promise<IdentityRecord> {
  let record = await reader.get('Identity', [identityPoolId, identityId])
  while (record?.mergedInto !== undefined) record = await reader.get('Identity', [identityPoolId, record.mergedInto])
  if (record === undefined) throw noSuchIdentity(identityId)
  return record
}
