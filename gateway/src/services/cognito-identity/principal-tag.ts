// Attributes for access control: claims of a provider's tokens become tags of its users' sessions.
// https://docs.aws.amazon.com/cognito/latest/developerguide/using-afac-with-cognito-identity-pools.html
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterException,
  type Operations,
  type SetPrincipalTagAttributeMapResponse,
} from '@sluice/aws-protocol/cognito-identity'
import type { IdentityPoolRecord, PrincipalTagMap } from '../../nouns/identity-pool.ts'
import type { TokenClaims } from '../../ports/web-tokens.ts'
import type { Call } from '../call.ts'
import { claimTexts } from './claim-texts.ts'
import { ownPool } from './found.ts'
import type { VerifiedLogin } from './login.ts'

/** AWS's default mappings: tag → claim. */
const defaultTags = { username: 'sub', client: 'aud' }

type Names = 'SetPrincipalTagAttributeMap' | 'GetPrincipalTagAttributeMap'

export const principalTag: Handlers<Operations, Names, Call> = {
  SetPrincipalTagAttributeMap: async (input, call) => {
    const { IdentityPoolId: poolId, IdentityProviderName: provider, UseDefaults: usesDefaults = false } = input
    const record = await ownPool(call, poolId)
    if (usesDefaults && Object.keys(input.PrincipalTags ?? {}).length > 0) {
      throw new InvalidParameterException('PrincipalTags cannot be specified when UseDefaults is true.')
    }
    const map = { provider, usesDefaults, tags: usesDefaults ? defaultTags : (input.PrincipalTags ?? {}) }
    const others = record.tagMaps.filter((each) => each.provider !== provider)
    const isEmpty = !usesDefaults && Object.keys(map.tags).length === 0
    call.store.put('IdentityPool', [poolId], { ...record, tagMaps: isEmpty ? others : [...others, map] })
    return shown(poolId, map)
  },
  GetPrincipalTagAttributeMap: async ({ IdentityPoolId: poolId, IdentityProviderName: provider }, call) => {
    const { tagMaps } = await ownPool(call, poolId)
    const map = tagMaps.find((each) => each.provider === provider)
    return shown(poolId, map ?? { provider, usesDefaults: false, tags: {} })
  },
}

function shown(
  IdentityPoolId: string,
  { provider, usesDefaults, tags }: PrincipalTagMap,
): SetPrincipalTagAttributeMapResponse {
  return { IdentityPoolId, IdentityProviderName: provider, UseDefaults: usesDefaults, PrincipalTags: tags }
}

/** The session tags for these logins. A claim that a token lacks makes no tag. */
export function tagsOf(
  { tagMaps }: IdentityPoolRecord,
  logins: readonly VerifiedLogin[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    logins.flatMap(({ provider, claims }) => {
      const map = tagMaps.find((each) => each.provider === provider)
      return Object.entries(map?.tags ?? {}).flatMap(([tag, claim]) => valueOf(tag, claims, claim))
    }),
  )
}

function valueOf(tag: string, claims: TokenClaims, claim: string): readonly (readonly [tag: string, value: string])[] {
  const [value] = claimTexts(claims, claim)
  return value === undefined ? [] : [[tag, value]]
}
