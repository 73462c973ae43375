// Identity pools: creates, changes, shows and lists them, and deletes them with all their identities.
// https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_CreateIdentityPool.html
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterException,
  ResourceConflictException,
  type IdentityPool,
  type Operations,
} from '@sluice/aws-protocol/cognito-identity'
import { poolClaims } from '../../nouns/identity-pool.ts'
import type { TagsRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { ownPool } from './found.ts'
import { forget } from './link.ts'
import { pageOf } from './page.ts'
import { checkedTags } from './tag.ts'

type Names =
  | 'CreateIdentityPool'
  | 'UpdateIdentityPool'
  | 'DescribeIdentityPool'
  | 'ListIdentityPools'
  | 'DeleteIdentityPool'

export const pool: Handlers<Operations, Names, Call> = {
  CreateIdentityPool: async (input, call) => {
    const IdentityPoolId = newPoolId(call, input.IdentityPoolTags)
    const made = { IdentityPoolId, ...input, IdentityPoolTags: checkedTags(input.IdentityPoolTags ?? {}) }
    checkProviders(made)
    if (!(await call.store.claim(poolClaims, IdentityPoolId, call.scope.account))) {
      throw new ResourceConflictException(`IdentityPool '${IdentityPoolId}' already exists.`)
    }
    call.store.put('IdentityPool', [IdentityPoolId], { pool: made, roles: {}, roleMappings: {}, tagMaps: [] })
    return made
  },

  // AWS: members that are left out return to their defaults; the developer provider's name can never change.
  UpdateIdentityPool: async (input, call) => {
    const record = await ownPool(call, input.IdentityPoolId)
    const { DeveloperProviderName: name, IdentityPoolTags: tags } = record.pool
    if (name !== undefined && input.DeveloperProviderName !== undefined && input.DeveloperProviderName !== name) {
      throw new InvalidParameterException('DeveloperProviderName cannot be changed once it has been set.')
    }
    const changed: IdentityPool = {
      ...input,
      ...(name !== undefined && { DeveloperProviderName: name }),
      IdentityPoolTags: input.IdentityPoolTags === undefined ? tags : checkedTags(input.IdentityPoolTags),
    }
    checkProviders(changed)
    call.store.put('IdentityPool', [input.IdentityPoolId], { ...record, pool: changed })
    return changed
  },

  DescribeIdentityPool: async ({ IdentityPoolId }, call) => (await ownPool(call, IdentityPoolId)).pool,

  ListIdentityPools: async (input, call) => {
    const { items, position } = await pageOf(call.store, ['IdentityPool', []], input)
    const pools = items.map(({ record }) => record.pool)
    return {
      IdentityPools: pools.map(({ IdentityPoolId, IdentityPoolName }) => ({ IdentityPoolId, IdentityPoolName })),
      NextToken: position,
    }
  },

  DeleteIdentityPool: async ({ IdentityPoolId }, call) => {
    await ownPool(call, IdentityPoolId)
    for (const { record } of await call.store.list('Identity', [IdentityPoolId])) forget(call.store, record)
    call.store.release(poolClaims, IdentityPoolId)
    call.store.delete('IdentityPool', [IdentityPoolId])
  },
}

/** A new pool's id, which names its region. In `dev` the tag `_custom_id_` may choose it, as for an API. */
function newPoolId({ scope: { region }, ids, customIds }: Call, tags: TagsRecord = {}): string {
  const chosen = customIds && Object.hasOwn(tags, '_custom_id_') ? tags['_custom_id_'] : undefined
  if (chosen === undefined) return `${region}:${ids.uuid()}`
  if (chosen.startsWith(`${region}:`) && /^[\w-]{1,18}:[0-9a-f-]{1,36}$/.test(chosen)) return chosen
  throw new InvalidParameterException('Invalid _custom_id_: use the region, a colon and a UUID')
}

const userPool = /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[\w-]+$/
const openIdProvider = /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:oidc-provider\/.+$/
const samlProvider = /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:saml-provider\/.+$/

/** Throws InvalidParameterException. Open choice: its words. */
function checkProviders({
  CognitoIdentityProviders = [],
  OpenIdConnectProviderARNs = [],
  SamlProviderARNs = [],
}: IdentityPool): void {
  for (const { ProviderName = '', ClientId } of CognitoIdentityProviders) {
    if (userPool.test(ProviderName) && ClientId !== undefined) continue
    throw new InvalidParameterException(`Invalid Cognito Identity Provider: ${ProviderName}`)
  }
  for (const [arns, form] of [
    [OpenIdConnectProviderARNs, openIdProvider],
    [SamlProviderARNs, samlProvider],
  ] as const) {
    const wrong = arns.find((arn) => !form.test(arn))
    if (wrong !== undefined) throw new InvalidParameterException(`Invalid identity provider ARN: ${wrong}`)
  }
}
