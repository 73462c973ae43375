// Finds the identity for a set of logins: an existing one, a new one, one that gets further logins, or several merged into one.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
import {
  LimitExceededException,
  NotAuthorizedException,
  ResourceConflictException,
  type IdentityPool,
} from '@sluice/aws-protocol/cognito-identity'
import {
  identityClaims,
  loginClaims,
  loginName,
  regionOfId,
  type IdentityRecord,
  type Login,
} from '../../nouns/identity-pool.ts'
import type { Transaction } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { forbidden, otherLogins } from './faults.ts'
import { currentIdentity } from './found.ts'

/** MergeDeveloperIdentities: "the number of linked logins is limited to 20". */
const mostLogins = 20

export interface Claimant {
  readonly pool: IdentityPool
  /** The identity id that the caller claims, if any. */
  readonly identityId?: string | undefined
  /** Verified logins; a guest has none. */
  readonly logins: readonly Login[]
  /** Whether the pool's owner vouches for the caller, instead of one of the identity's logins. */
  readonly isVouchedFor?: boolean
}

/** The identity of a claimant. Throws NotAuthorizedException, ResourceNotFoundException and ResourceConflictException in AWS's words. */
export async function identityOf(store: Transaction, claimant: Claimant, call: Call): Promise<IdentityRecord> {
  const { pool, identityId, logins } = claimant
  const { IdentityPoolId: identityPoolId } = pool
  const named = identityId === undefined ? undefined : await currentIdentity(store, identityPoolId, identityId)
  if (named !== undefined) checkAccess(named, claimant)
  if (logins.length === 0 && !pool.AllowUnauthenticatedIdentities) {
    throw new NotAuthorizedException('Unauthenticated access is not supported for this identity pool.')
  }
  const owners = await ownersOf(store, identityPoolId, logins)
  // AWS: one of two merged identities becomes the owner of all logins; it does not document which. Here it is never a guest's.
  const isGuest = named === undefined || named.logins.length === 0
  const kept = (isGuest ? (owners[0] ?? named) : named) ?? (await newIdentity(store, identityPoolId, call))
  const absorbed = [...owners, ...(named === undefined ? [] : [named])].filter((each) => !isSame(each, kept))
  await mergeInto(store, { pool, kept, absorbed, logins, nowMs: call.nowMs })
  return (await store.get('Identity', [identityPoolId, kept.identityId])) ?? kept
}

/** Throws NotAuthorizedException when an identity has logins and the claimant brings none of them. */
function checkAccess(identity: IdentityRecord, { identityId = '', logins, isVouchedFor = false }: Claimant): void {
  const isAnothers = identity.logins.length > 0 || identity.identityId !== identityId
  if (!isAnothers || isVouchedFor) return
  if (logins.length === 0) throw forbidden(identityId)
  if (!logins.some((login) => hasLogin(identity, login))) throw otherLogins()
}

async function ownersOf(
  store: Transaction,
  identityPoolId: string,
  logins: readonly Login[],
): Promise<readonly IdentityRecord[]> {
  const ids = new Set<string>()
  for (const login of logins) {
    const id = await store.claimed(loginClaims, loginName(identityPoolId, login))
    if (id !== undefined) ids.add(id)
  }
  return Promise.all([...ids].map((id) => currentIdentity(store, identityPoolId, id)))
}

async function newIdentity(store: Transaction, identityPoolId: string, call: Call): Promise<IdentityRecord> {
  const identityId = `${regionOfId(identityPoolId)}:${call.ids.uuid()}`
  const now = call.nowMs / 1000
  const record = { identityId, identityPoolId, logins: [], createdAt: now, modifiedAt: now }
  await store.claim(identityClaims, identityId, identityPoolId)
  store.put('Identity', [identityPoolId, identityId], record)
  return record
}

export interface Merging {
  readonly pool: IdentityPool
  readonly kept: IdentityRecord
  readonly absorbed: readonly IdentityRecord[]
  /** The logins that the call has brought. */
  readonly logins: readonly Login[]
  readonly nowMs: number
}

/** Moves the logins of the other identities, and the new ones, to the identity that is kept; the others are disabled. */
export async function mergeInto(
  store: Transaction,
  { pool, kept, absorbed, logins: shown, nowMs }: Merging,
): Promise<void> {
  const { IdentityPoolId: identityPoolId, DeveloperProviderName: developerProvider } = pool
  const more = distinct([...absorbed.flatMap(({ logins }) => logins), ...shown])
  const added = more.filter((login) => !hasLogin(kept, login))
  const logins = [...kept.logins, ...added]
  checkLogins(logins, developerProvider)
  const modifiedAt = nowMs / 1000
  for (const each of absorbed) {
    const disabled = { ...each, logins: [], modifiedAt, mergedInto: kept.identityId }
    store.put('Identity', [identityPoolId, each.identityId], disabled)
  }
  for (const login of added) {
    const name = loginName(identityPoolId, login)
    store.release(loginClaims, name)
    await store.claim(loginClaims, name, kept.identityId)
  }
  if (added.length > 0) store.put('Identity', [identityPoolId, kept.identityId], { ...kept, logins, modifiedAt })
}

/** Refuses several logins of one public provider, as AWS does; the developer's own provider may know a person by several names. */
function checkLogins(logins: readonly Login[], developerProvider: string | undefined): void {
  const publicProviders = logins.map(({ provider }) => provider).filter((each) => each !== developerProvider)
  if (new Set(publicProviders).size < publicProviders.length) {
    throw new ResourceConflictException('Login is already in use by another user.')
  }
  if (logins.length > mostLogins) throw new LimitExceededException(`An identity has at most ${mostLogins} logins.`)
}

/** Removes logins from an identity, so that other identities may have them. */
export function unlink(
  store: Transaction,
  identity: IdentityRecord,
  isGone: (login: Login) => boolean,
  nowMs: number,
): void {
  const { identityPoolId, identityId } = identity
  for (const login of identity.logins.filter(isGone)) store.release(loginClaims, loginName(identityPoolId, login))
  const logins = identity.logins.filter((login) => !isGone(login))
  store.put('Identity', [identityPoolId, identityId], { ...identity, logins, modifiedAt: nowMs / 1000 })
}

/** Deletes an identity and the index of its logins. */
export function forget(store: Transaction, { identityPoolId, identityId, logins }: IdentityRecord): void {
  for (const login of logins) store.release(loginClaims, loginName(identityPoolId, login))
  store.release(identityClaims, identityId)
  store.delete('Identity', [identityPoolId, identityId])
}

function hasLogin({ logins }: IdentityRecord, { provider, subject }: Login): boolean {
  return logins.some((each) => each.provider === provider && each.subject === subject)
}

function distinct(logins: readonly Login[]): readonly Login[] {
  return [
    ...new Map(
      logins.map(({ provider, subject }) => [loginName('', { provider, subject }), { provider, subject }]),
    ).values(),
  ]
}

function isSame(one: IdentityRecord, other: IdentityRecord): boolean {
  return one.identityId === other.identityId
}
