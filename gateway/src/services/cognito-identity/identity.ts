// Identities: apps ask for them without credentials of their own, and the pool's owner lists and deletes them.
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterException,
  type IdentityDescription,
  type Operations,
} from '@sluice/aws-protocol/cognito-identity'
import { identityClaims, type IdentityRecord } from '../../nouns/identity-pool.ts'
import type { Call } from '../call.ts'
import { forbidden, otherLogins } from './faults.ts'
import { admitGuest } from './guest-rate.ts'
import { anyPool, currentIdentity, ownIdentity, ownPool, poolOfIdentity } from './found.ts'
import { forget, unlink } from './link.ts'
import { verifiedLogins } from './login.ts'
import { pageOf } from './page.ts'
import type { CognitoIdentityParts } from './parts.ts'
import { poolClaimsOf, signedToken } from './pool-token.ts'
import { credentialsForIdentity, signIn } from './sign-in.ts'

type PublicNames = 'GetId' | 'GetCredentialsForIdentity' | 'GetOpenIdToken' | 'UnlinkIdentity'

/** AWS: tokens of GetOpenIdToken are valid for ten minutes. */
const tokenSeconds = 600

/** The handlers of the operations that need no signature. */
export function publicHandlers(parts: CognitoIdentityParts): Handlers<Operations, PublicNames, Call> {
  const { store } = parts
  return {
    GetId: async ({ IdentityPoolId, AccountId, Logins: tokens }, call) => {
      const found = await anyPool(store, IdentityPoolId)
      // Own: AWS accepts the number of an account, and does not say what another account's does.
      if (AccountId !== undefined && AccountId !== found.scope.account) {
        throw new InvalidParameterException('AccountId is not the account of the identity pool.')
      }
      if (tokens === undefined || Object.keys(tokens).length === 0) await admitGuest(parts, found.scope)
      const { identityId } = await signIn(parts, found, { tokens }, call)
      return { IdentityId: identityId }
    },

    GetCredentialsForIdentity: (input, call) => credentialsForIdentity(parts, input, call),

    GetOpenIdToken: async ({ IdentityId: identityId, Logins: tokens }, call) => {
      const found = await poolOfIdentity(store, identityId)
      const { pool, roleMappings } = found.record
      // AWS: the classic flow is allowed unless the pool's settings forbid it — aws-cli issue 7652.
      if (pool.AllowClassicFlow === false) {
        throw new InvalidParameterException('Basic (classic) flow is not enabled, please use enhanced flow.')
      }
      if (Object.keys(roleMappings).length > 0) {
        throw new InvalidParameterException(
          'Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.',
        )
      }
      const signedIn = await signIn(parts, found, { identityId, tokens }, call)
      const claims = poolClaimsOf(found, signedIn, { nowMs: call.nowMs, seconds: tokenSeconds })
      return { IdentityId: signedIn.identityId, Token: await signedToken(store, claims) }
    },

    UnlinkIdentity: async ({ IdentityId: identityId, Logins: tokens, LoginsToRemove: providers }, call) => {
      const found = await poolOfIdentity(store, identityId)
      const { pool } = found.record
      if (Object.keys(tokens).length === 0) throw forbidden(identityId)
      if (providers.includes(pool.DeveloperProviderName ?? '')) {
        throw new InvalidParameterException('Please provide a valid public provider.')
      }
      const logins = await verifiedLogins(parts, found, tokens, call.nowMs)
      await store.transact(found.scope, async (transaction) => {
        const identity = await currentIdentity(transaction, pool.IdentityPoolId, identityId)
        const isTheirs = identity.logins.some((each) =>
          logins.some(({ provider, subject }) => each.provider === provider && each.subject === subject),
        )
        if (!isTheirs) throw otherLogins()
        unlink(transaction, identity, ({ provider }) => providers.includes(provider), call.nowMs)
      })
    },
  }
}

type OwnersNames = 'DescribeIdentity' | 'ListIdentities' | 'DeleteIdentities'

export const identity: Handlers<Operations, OwnersNames, Call> = {
  DescribeIdentity: async ({ IdentityId }, call) => described(await ownIdentity(call, IdentityId)),

  ListIdentities: async ({ IdentityPoolId, MaxResults, NextToken, HideDisabled = false }, call) => {
    await ownPool(call, IdentityPoolId)
    const page = await pageOf(call.store, ['Identity', [IdentityPoolId]], { MaxResults, NextToken })
    const shown = page.items
      .map(({ record }) => record)
      .filter((each) => !HideDisabled || each.mergedInto === undefined)
    return { IdentityPoolId, Identities: shown.map(described), NextToken: page.position }
  },

  DeleteIdentities: async ({ IdentityIdsToDelete: ids }, { store }) => {
    const unprocessed: string[] = []
    for (const id of new Set(ids)) {
      const poolId = (await store.claimed(identityClaims, id)) ?? ''
      const record = await store.get('Identity', [poolId, id])
      if (record === undefined) unprocessed.push(id)
      else forget(store, record)
    }
    return {
      UnprocessedIdentityIds: unprocessed.map((IdentityId) => ({ IdentityId, ErrorCode: 'AccessDenied' as const })),
    }
  },
}

function described({ identityId, logins, createdAt, modifiedAt }: IdentityRecord): IdentityDescription {
  return {
    IdentityId: identityId,
    Logins: [...new Set(logins.map(({ provider }) => provider))],
    CreationDate: createdAt,
    LastModifiedDate: modifiedAt,
  }
}
