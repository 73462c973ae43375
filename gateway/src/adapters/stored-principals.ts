// Principals from the store: access keys of users and of an account's root, temporary keys, and their owners' policies.
import { callerAttributes } from '../nouns/caller-attributes.ts'
import type { UserRecord } from '../nouns/identity-records.ts'
import type { Kind } from '../nouns/records.ts'
import { openSession, sessionSecret, type Session, type SessionOwner } from '../nouns/session.ts'
import type { KnownPrincipal, Principals } from '../ports/principals.ts'
import type { Reader, Store } from '../ports/store.ts'
import { boundaryOf, policiesOf, sessionPoliciesOf } from './identity-policies.ts'

export interface StoredPrincipalsParts {
  readonly store: Store
  /** `dev`: keys that nobody knows are the root of this account, or of the account that a key id of twelve digits names. */
  readonly trustedAccount: string | undefined
}

/** A change to any of these may change who a key is or what it may do. */
const watched: ReadonlySet<Kind> = new Set<Kind>(['AccessKey', 'Group', 'ManagedPolicy', 'Role', 'User'])
/** Enough for every key in use; beyond it the memory starts anew. */
const maximumKeys = 10_000

export function createStoredPrincipals({
  store,
  trustedAccount,
}: StoredPrincipalsParts): Principals & { close(): void } {
  let known = new Map<string, KnownPrincipal | Promise<KnownPrincipal | undefined>>()
  const close = store.watch((changes) => {
    if (changes.some(({ kind }) => watched.has(kind))) known = new Map()
  })
  return {
    find: (accessKeyId, sessionToken) => {
      const question = sessionToken === undefined ? accessKeyId : `${accessKeyId} ${sessionToken}`
      const remembered = known.get(question)
      if (remembered !== undefined) return remembered
      const memory = known
      const looking = lookUp(store, accessKeyId, sessionToken).then((found) => {
        if (typeof found === 'object' && (trustedAccount !== undefined || !hasUnknownRole(found.session))) {
          if (memory.get(question) === looking) memory.set(question, found)
          return found
        }
        // Made-up key ids must not fill the memory.
        memory.delete(question)
        return found !== undefined || trustedAccount === undefined ? undefined : trusted(accessKeyId, trustedAccount)
      })
      looking.catch(() => memory.delete(question))
      if (memory.size >= maximumKeys) memory.clear()
      memory.set(question, looking)
      return looking
    },
    close,
  }
}

function trusted(accessKeyId: string, account: string): KnownPrincipal {
  const owner = /^\d{12}$/.test(accessKeyId) ? accessKeyId : account
  return { principal: rootOf(owner), secretAccessKey: undefined, policies: [] }
}

function rootOf(account: string): KnownPrincipal['principal'] {
  return { type: 'Account', arn: `arn:aws:iam::${account}:root`, account, userId: account }
}

interface Owned extends Pick<KnownPrincipal, 'principal' | 'policies' | 'permissionsBoundary'> {
  readonly tags: Readonly<Record<string, string>>
}

/** `refused`: a key that was made here and lets nobody in, so that `dev` must not take it for somebody else's. */
type Found = KnownPrincipal | 'refused' | undefined

/** A temporary key is worth nothing without its token, whoever made it. */
const temporaryKeyId = /^ASIA[A-Z2-7]{16}$/

async function lookUp(store: Store, accessKeyId: string, sessionToken: string | undefined): Promise<Found> {
  const nowhere = store.read({ account: '', region: '' })
  // Access keys are claimed by id over all accounts: space `access-key`, value the account.
  const account = await nowhere.claimed('access-key', accessKeyId)
  if (sessionToken === undefined || sessionToken === '') {
    if (account !== undefined) return keyOf(store, account, accessKeyId)
    return temporaryKeyId.test(accessKeyId) ? 'refused' : undefined
  }
  const secret = await nowhere.claimed(sessionSecret.space, sessionSecret.name)
  const session = secret === undefined ? undefined : openSession(secret, sessionToken)
  if (session?.accessKeyId === accessKeyId) return sessionOf(store, session, sessionToken)
  return session === undefined && account === undefined ? undefined : 'refused'
}

async function keyOf(store: Store, account: string, accessKeyId: string): Promise<Found> {
  const key = await store.read({ account, region: 'global' }).get('AccessKey', [accessKeyId])
  if (key === undefined || key.status !== 'Active') return 'refused'
  const { secretAccessKey, userName } = key
  const kind = userName === undefined ? 'Account' : 'User'
  const owned = await ownerOf(store, account, { kind, name: userName ?? '' })
  if (owned === undefined) return 'refused'
  const { tags, ...known } = owned
  const attributes = callerAttributes(tags, undefined)
  return { ...known, principal: { ...known.principal, attributes }, secretAccessKey }
}

async function sessionOf(store: Store, session: Session, sessionToken: string): Promise<Found> {
  const { account, owner, secretAccessKey, expiresAtMs } = session
  const owned = await ownerOf(store, account, owner)
  if (owned === undefined) return 'refused'
  const { tags, ...known } = owned
  const attributes = callerAttributes(tags, session)
  const principal = principalOf(session, known.principal)
  return {
    ...known,
    // Root needs no policies, but a federated user that it made is not root, nor is who has an unknown role.
    policies: owner.kind === 'Account' && principal.type !== 'Account' ? [everything] : known.policies,
    principal: { ...principal, attributes },
    secretAccessKey,
    sessionToken,
    expiresAtMs,
    sessionPolicies: await sessionPoliciesOf(store.read({ account, region: 'global' }), session),
    session,
  }
}

const everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'

/** `dev` lets roles pass that nobody here knows. Their sessions are worth nothing in `serve`. */
function hasUnknownRole(session: Session | undefined): boolean {
  return session?.owner.kind === 'Account' && session.webIdentity !== undefined
}

function principalOf(session: Session, own: Owned['principal']): Owned['principal'] {
  const { account, owner, arn, userId, origin } = session
  if (owner.kind === 'Role') return { type: 'AssumedRole', account, arn, userId, roleArn: own.arn }
  if (hasUnknownRole(session)) return { type: 'AssumedRole', account, arn, userId }
  return origin === 'GetFederationToken' ? { type: 'FederatedUser', account, arn, userId } : own
}

/** The owner as it is now; undefined when it is gone, or is another one of the same name. */
async function ownerOf(
  store: Store,
  account: string,
  { kind, name, id }: Omit<SessionOwner, 'id'> & { readonly id?: string },
): Promise<Owned | undefined> {
  if (kind === 'Account') return { principal: rootOf(account), policies: [], tags: {} }
  const reader = store.read({ account, region: 'global' })
  const record = kind === 'Role' ? await reader.get('Role', [name]) : await userOf(reader, name, id)
  if (record === undefined) return undefined
  const userId = 'roleId' in record ? record.roleId : record.userId
  if (id !== undefined && id !== userId) return undefined
  const { permissionsBoundary } = record
  return {
    principal: { type: kind === 'Role' ? 'AssumedRole' : 'User', arn: record.arn, account, userId },
    policies: await policiesOf(reader, record),
    permissionsBoundary: permissionsBoundary === undefined ? undefined : await boundaryOf(reader, permissionsBoundary),
    tags: record.tags,
  }
}

/** A user by name, or by the id of a session that was given before the user was renamed. */
async function userOf(reader: Reader, name: string, id: string | undefined): Promise<UserRecord | undefined> {
  const named = await reader.get('User', [name])
  if (id === undefined || named?.userId === id) return named
  return (await reader.list('User', [])).find(({ record }) => record.userId === id)?.record
}
