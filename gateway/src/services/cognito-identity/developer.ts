// Developer authenticated identities: users whom the pool's owner vouches for, by names of its own.
// https://docs.aws.amazon.com/cognito/latest/developerguide/developer-authenticated-identities.html
import type { Handlers } from '@sluice/aws-protocol'
import {
  DeveloperUserAlreadyRegisteredException,
  InvalidParameterException,
  ResourceConflictException,
  ResourceNotFoundException,
  type IdentityPool,
  type Operations,
} from '@sluice/aws-protocol/cognito-identity'
import { loginClaims, loginName, type IdentityRecord } from '../../nouns/identity-pool.ts'
import type { Reader, Transaction } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { currentIdentity, ownPool, type FoundPool } from './found.ts'
import { identityOf, mergeInto, unlink } from './link.ts'
import { verifiedLogins } from './login.ts'
import type { CognitoIdentityParts } from './parts.ts'
import { poolClaimsOf, signedToken } from './pool-token.ts'
import { tagsOf } from './principal-tag.ts'
import { methodsOf, type LoginTokens } from './sign-in.ts'

/** How long a developer's token is good unless the call says otherwise: 15 minutes. */
const tokenSeconds = 900
const mostResults = 60

export function developerTokenHandlers(
  parts: CognitoIdentityParts,
): Handlers<Operations, 'GetOpenIdTokenForDeveloperIdentity', Call> {
  const { store } = parts
  return {
    GetOpenIdTokenForDeveloperIdentity: async (input, call) => {
      const { IdentityPoolId, IdentityId: identityId, Logins: tokens } = input
      const { TokenDuration: seconds = tokenSeconds, PrincipalTags = {} } = input
      const found = { scope: call.scope, record: await ownPool(call, IdentityPoolId) }
      const { logins, user } = await loginsOf(parts, found, tokens, call.nowMs)
      const { pool } = found.record
      const identity = await store.transact(call.scope, async (transaction) => {
        await checkRegistered(transaction, { pool, user, identityId })
        return identityOf(transaction, { pool, identityId, logins: [user, ...logins], isVouchedFor: true }, call)
      })
      const subject = {
        identityId: identity.identityId,
        methods: methodsOf([user, ...logins]),
        tags: { ...tagsOf(found.record, logins), ...PrincipalTags },
      }
      const claims = poolClaimsOf(found, subject, { nowMs: call.nowMs, seconds })
      return { IdentityId: identity.identityId, Token: await signedToken(store, claims) }
    },
  }
}

interface DeveloperUser {
  readonly provider: string
  readonly subject: string
  readonly method: string
}

/** The developer's user and the verified logins beside it. Throws InvalidParameterException when the call names no user. */
async function loginsOf(parts: CognitoIdentityParts, found: FoundPool, tokens: LoginTokens, nowMs: number) {
  const provider = developerProvider(found.record.pool)
  const subject = Object.hasOwn(tokens, provider) ? tokens[provider] : undefined
  if (subject === undefined) {
    throw new InvalidParameterException('Please provide a valid developer provider.')
  }
  const { [provider]: _user, ...others } = tokens
  const method = `${provider}:${found.record.pool.IdentityPoolId}:${subject}`
  const user: DeveloperUser = { provider, subject, method }
  return { user, logins: await verifiedLogins(parts, found, others, nowMs) }
}

/** The name of the pool's developer provider. Throws InvalidParameterException when it has none. */
function developerProvider({ DeveloperProviderName: name }: IdentityPool): string {
  if (name === undefined) throw new InvalidParameterException('The identity pool has no developer provider.')
  return name
}

interface Registering {
  readonly pool: IdentityPool
  readonly user: DeveloperUser
  readonly identityId: string | undefined
}

async function checkRegistered(store: Transaction, { pool, user, identityId }: Registering): Promise<void> {
  const owner = await userIdentity(store, pool, user.subject)
  if (identityId === undefined || owner === undefined) return
  const named = await currentIdentity(store, pool.IdentityPoolId, identityId)
  if (named.identityId === owner.identityId) return
  throw new DeveloperUserAlreadyRegisteredException(
    'The provided developer user identifier is already registered with Cognito under a different identity ID.',
  )
}

/** The identity of a developer's user, if it has one. */
async function userIdentity(store: Reader, pool: IdentityPool, subject: string): Promise<IdentityRecord | undefined> {
  const { IdentityPoolId: poolId } = pool
  const id = await store.claimed(loginClaims, loginName(poolId, { provider: developerProvider(pool), subject }))
  return id === undefined ? undefined : currentIdentity(store, poolId, id)
}

type Names = 'LookupDeveloperIdentity' | 'MergeDeveloperIdentities' | 'UnlinkDeveloperIdentity'

export const developer: Handlers<Operations, Names, Call> = {
  LookupDeveloperIdentity: async (input, { store, ...call }) => {
    const { IdentityPoolId, IdentityId: identityId, DeveloperUserIdentifier: user, MaxResults = mostResults } = input
    const { pool } = await ownPool({ store, ...call }, IdentityPoolId)
    if (identityId === undefined && user === undefined) {
      throw new InvalidParameterException('Either IdentityId or DeveloperUserIdentifier must be provided.')
    }
    const identity =
      user === undefined
        ? await currentIdentity(store, IdentityPoolId, identityId ?? '')
        : await userIdentity(store, pool, user)
    if (identity === undefined) throw noSuchUser(user)
    if (identityId !== undefined && identity.identityId !== identityId) {
      throw new ResourceConflictException('The developer user identifier is of another identity.')
    }
    const provider = developerProvider(pool)
    const users = identity.logins.filter((login) => login.provider === provider).map(({ subject }) => subject)
    const known = user === undefined || identityId === undefined ? users : [user]
    const start = positionOf(input.NextToken)
    const end = start + MaxResults
    return {
      IdentityId: identity.identityId,
      DeveloperUserIdentifierList: known.slice(start, end),
      NextToken: end < known.length ? String(end) : undefined,
    }
  },

  MergeDeveloperIdentities: async (input, call) => {
    const { IdentityPoolId, SourceUserIdentifier, DestinationUserIdentifier, DeveloperProviderName } = input
    const { pool } = await ownPool(call, IdentityPoolId)
    checkProvider(pool, DeveloperProviderName)
    const source = await userIdentity(call.store, pool, SourceUserIdentifier)
    if (source === undefined) throw noSuchUser(SourceUserIdentifier)
    const kept = await userIdentity(call.store, pool, DestinationUserIdentifier)
    if (kept === undefined) throw noSuchUser(DestinationUserIdentifier)
    if (source.identityId !== kept.identityId) {
      await mergeInto(call.store, { pool, kept, absorbed: [source], logins: [], nowMs: call.nowMs })
    }
    return { IdentityId: kept.identityId }
  },

  UnlinkDeveloperIdentity: async (input, call) => {
    const { IdentityPoolId, IdentityId, DeveloperProviderName: provider, DeveloperUserIdentifier: user } = input
    const { pool } = await ownPool(call, IdentityPoolId)
    checkProvider(pool, provider)
    const identity = await currentIdentity(call.store, IdentityPoolId, IdentityId)
    const owner = await userIdentity(call.store, pool, user)
    if (owner?.identityId !== identity.identityId) throw noSuchUser(user)
    unlink(call.store, identity, (login) => login.provider === provider && login.subject === user, call.nowMs)
  },
}

function checkProvider(pool: IdentityPool, name: string): void {
  if (name !== developerProvider(pool)) {
    throw new InvalidParameterException('Please provide a valid developer provider.')
  }
}

function noSuchUser(user: string | undefined): ResourceNotFoundException {
  return new ResourceNotFoundException(`Developer user '${user ?? ''}' not found.`)
}

function positionOf(token: string | undefined): number {
  const position = Number(token ?? 0)
  if (Number.isSafeInteger(position) && position >= 0) return position
  throw new InvalidParameterException('Invalid NextToken.')
}
