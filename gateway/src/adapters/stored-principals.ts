// Principals from the store: access keys of users and of an account's root, and the policies of users.
import type { Principal } from '@sluice/iam-policy'
import type { UserRecord } from '../nouns/identity-records.ts'
import type { Kind } from '../nouns/records.ts'
import type { KnownPrincipal, Principals } from '../ports/principals.ts'
import type { Reader, Store } from '../ports/store.ts'

export interface StoredPrincipalsParts {
  readonly store: Store
  /** `dev`: keys that nobody knows are the root of this account, or of the account that a key id of twelve digits names. */
  readonly trustedAccount: string | undefined
}

/** A change to any of these may change who a key is or what it may do. */
const watched: ReadonlySet<Kind> = new Set<Kind>(['AccessKey', 'User', 'ManagedPolicy'])
/** Enough for every key in use; beyond it the memory starts anew. */
const maximumKeys = 10_000

export function createStoredPrincipals({
  store,
  trustedAccount,
}: StoredPrincipalsParts): Principals & { close(): void } {
  let known = new Map<string, Promise<KnownPrincipal | undefined>>()
  const close = store.watch((changes) => {
    if (changes.some(({ kind }) => watched.has(kind))) known = new Map()
  })
  return {
    find: (accessKeyId) => {
      const remembered = known.get(accessKeyId)
      if (remembered !== undefined) return remembered
      const memory = known
      const looking = lookUp(store, accessKeyId).then((found) => {
        // Made-up key ids must not fill the memory.
        if (found === undefined) memory.delete(accessKeyId)
        return found ?? (trustedAccount === undefined ? undefined : trusted(accessKeyId, trustedAccount))
      })
      looking.catch(() => memory.delete(accessKeyId))
      if (memory.size >= maximumKeys) memory.clear()
      memory.set(accessKeyId, looking)
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

/** Access keys are claimed by id over all accounts: space `access-key`, value the account. */
async function lookUp(store: Store, accessKeyId: string): Promise<KnownPrincipal | undefined> {
  const account = await store.read({ account: '', region: '' }).claimed('access-key', accessKeyId)
  if (account === undefined) return undefined
  const read = store.read({ account, region: 'global' })
  const key = await read.get('AccessKey', [accessKeyId])
  if (key === undefined || key.status !== 'Active') return undefined
  const { secretAccessKey, userName } = key
  if (userName === undefined) return { principal: rootOf(account), secretAccessKey, policies: [] }
  const user = await read.get('User', [userName])
  if (user === undefined) return undefined
  const { permissionsBoundary } = user
  return {
    principal: { type: 'User' satisfies Principal['type'], arn: user.arn, account, userId: user.userId },
    secretAccessKey,
    policies: await policiesOf(read, user),
    permissionsBoundary: permissionsBoundary === undefined ? undefined : await documentOf(read, permissionsBoundary),
  }
}

async function policiesOf(read: Reader, user: UserRecord): Promise<readonly string[]> {
  const attached = await Promise.all(user.attachedPolicyArns.map((arn) => documentOf(read, arn)))
  return [...Object.values(user.inlinePolicies), ...attached.filter((document) => document !== nothing)]
}

/** A policy that is not there grants nothing; as a boundary it therefore forbids everything. */
const nothing = '{"Version":"2012-10-17","Statement":[]}'

async function documentOf(read: Reader, arn: string): Promise<string> {
  const policy = await read.get('ManagedPolicy', [arn])
  return policy?.versions.find(({ versionId }) => versionId === policy.defaultVersionId)?.document ?? nothing
}
