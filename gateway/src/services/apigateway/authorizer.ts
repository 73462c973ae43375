// Authorizers, which decide whether a caller may call a method. Rules: recorded REST 10, Security C.1.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { Authorizer, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { checkAuthorizer, putAuthorizer, ttlSentence } from './authorizer-rules.ts'
import { found, foundApi } from './found.ts'
import { integerOr, listValues, listingPaths, oneOf, patched, setting, text, withMember } from './patch.ts'
import type { PatchRule } from './patch.ts'
import { checkQuota } from './quotas.ts'
import { refuseUsedAuthorizer } from './references.ts'

export const authorizer: Handlers<
  Operations,
  'CreateAuthorizer' | 'GetAuthorizer' | 'GetAuthorizers' | 'UpdateAuthorizer' | 'DeleteAuthorizer',
  Call
> = {
  CreateAuthorizer: async ({ restApiId, ...given }, call) => {
    const record: Authorizer = {
      id: call.ids.short(6),
      name: given.name,
      type: given.type,
      providerARNs: given.providerARNs?.length ? given.providerARNs : undefined,
      // AWS: these are the words for the types that Swagger documents use (CLI reference, `create-authorizer`; Security C.1).
      authType: text(given.authType) ?? (given.type === 'COGNITO_USER_POOLS' ? 'cognito_user_pools' : 'custom'),
      authorizerUri: given.authorizerUri,
      authorizerCredentials: given.authorizerCredentials,
      identitySource: text(given.identitySource),
      identityValidationExpression: given.identityValidationExpression,
      authorizerResultTtlInSeconds: given.authorizerResultTtlInSeconds,
    }
    // AWS: the authorizer itself is checked before the API is looked up, and an unknown API is a conflict.
    checkAuthorizer(record)
    if ((await call.store.get('RestApi', [restApiId])) === undefined) {
      throw new ConflictException(
        'Unable to complete operation due to concurrent modification. Please try again later.',
      )
    }
    await checkQuota(call, 'Authorizer', restApiId)
    await putAuthorizer(call, restApiId, record)
    return record
  },

  GetAuthorizer: ({ restApiId, authorizerId }, call) => foundAuthorizer(call, restApiId, authorizerId),

  GetAuthorizers: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { items, position } = await pageOfRecords(call.store, 'Authorizer', [input.restApiId], input)
    return { items: items.map(({ record }) => record), position }
  },

  UpdateAuthorizer: async ({ restApiId, authorizerId, patchOperations }, call) => {
    const before = await foundAuthorizer(call, restApiId, authorizerId)
    const record = patched(before, patchOperations, rules, listingPaths)
    await putAuthorizer(call, restApiId, record)
    return record
  },

  DeleteAuthorizer: async ({ restApiId, authorizerId }, call) => {
    const { name = '' } = await foundAuthorizer(call, restApiId, authorizerId)
    await refuseUsedAuthorizer(call, restApiId, authorizerId, name)
    call.store.delete('Authorizer', [restApiId, authorizerId])
  },
}

async function foundAuthorizer(call: Call, restApiId: string, id: string): Promise<Authorizer> {
  return found(await call.store.get('Authorizer', [restApiId, id]), 'Invalid Authorizer identifier specified')
}

const rules: readonly PatchRule<Authorizer>[] = [
  { path: '/name', replace: setting('name', text) },
  { path: '/type', replace: setting('type', typeOf) },
  { path: '/authType', replace: setting('authType', text) },
  { path: '/authorizerUri', replace: setting('authorizerUri', text) },
  { path: '/authorizerCredentials', replace: setting('authorizerCredentials', text) },
  {
    path: '/identitySource',
    add: (record, { value }) =>
      withSources(record, [...sourcesOf(record), ...(text(value) === undefined ? [] : [value])]),
    replace: setting('identitySource', text),
    remove: (record, { value }) =>
      withSources(record, text(value) === undefined ? [] : sourcesOf(record).filter((source) => source !== value)),
  },
  { path: '/identityValidationExpression', replace: setting('identityValidationExpression', text) },
  {
    path: '/authorizerResultTtlInSeconds',
    replace: setting('authorizerResultTtlInSeconds', (value) =>
      text(value) === undefined ? undefined : integerOr(ttlSentence)(value),
    ),
  },
  listValues('/providerARNs', 'providerARNs'),
]

function sourcesOf({ identitySource }: Authorizer): readonly (string | undefined)[] {
  return text(identitySource)?.split(',') ?? []
}

/** The authorizer with these identity sources; the check that follows refuses several where its type takes one. */
function withSources(record: Authorizer, sources: readonly (string | undefined)[]): Authorizer {
  return withMember(record, 'identitySource', text(sources.join(',')))
}

function typeOf(value: string | undefined): Authorizer['type'] {
  const type = oneOf('authorizer type', ['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS'])(value)
  if (type === undefined) throw new BadRequestException('Authorizer type cannot be empty')
  return type
}
