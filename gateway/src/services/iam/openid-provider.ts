// OIDC providers: whose tokens AssumeRoleWithWebIdentity takes. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import { providerArn, providerHost, type OpenIdProviderRecord } from '../../nouns/oidc-provider.ts'
import { nowSeconds, type Call } from '../call.ts'
import { alreadyExists, limitExceeded, noSuchEntity, validationError } from './faults.ts'
import { shownTags, tagsOf } from './shown.ts'

type Names =
  | 'CreateOpenIDConnectProvider'
  | 'GetOpenIDConnectProvider'
  | 'ListOpenIDConnectProviders'
  | 'DeleteOpenIDConnectProvider'
  | 'AddClientIDToOpenIDConnectProvider'
  | 'RemoveClientIDFromOpenIDConnectProvider'
  | 'UpdateOpenIDConnectProviderThumbprint'

/** IAM quotas. */
const mostProviders = 100
const mostClientIds = 100
const mostThumbprints = 5

export const openIdProvider: Handlers<Operations, Names, Call> = {
  CreateOpenIDConnectProvider: async ({ Url, ClientIDList = [], ThumbprintList = [], Tags }, call) => {
    const host = providerHost(Url)
    // Own: `http` is taken too, so that an issuer beside the gateway can be trusted. AWS takes `https` alone.
    if (host === undefined) throw validationError('Invalid Open ID Connect Provider URL')
    const arn = providerArn(call.scope.account, host)
    const providers = await call.store.list('OpenIdProvider', [])
    if (providers.some(({ record }) => record.arn === arn))
      throw alreadyExists(`Provider with url ${Url} already exists.`)
    checkQuota('OpenIdConnectProvidersPerAccount', providers.length + 1, mostProviders)
    checkQuota('ClientIdsPerOpenIdConnectProvider', ClientIDList.length, mostClientIds)
    checkQuota('ThumbprintsPerOpenIdConnectProvider', ThumbprintList.length, mostThumbprints)
    const record: OpenIdProviderRecord = {
      arn,
      url: Url,
      clientIds: [...new Set(ClientIDList)],
      thumbprints: ThumbprintList,
      createDate: nowSeconds(call),
      tags: tagsOf(Tags),
    }
    call.store.put('OpenIdProvider', [arn], record)
    return { OpenIDConnectProviderArn: arn, ...shownTags(record.tags) }
  },
  GetOpenIDConnectProvider: async ({ OpenIDConnectProviderArn }, call) => {
    const { url, clientIds, thumbprints, createDate, tags } = await foundProvider(call, OpenIDConnectProviderArn)
    return {
      // AWS: without its scheme.
      Url: providerHost(url),
      ClientIDList: clientIds,
      ThumbprintList: thumbprints,
      CreateDate: createDate,
      ...shownTags(tags),
    }
  },
  ListOpenIDConnectProviders: async (_input, call) => ({
    OpenIDConnectProviderList: (await call.store.list('OpenIdProvider', [])).map(({ record }) => ({ Arn: record.arn })),
  }),
  DeleteOpenIDConnectProvider: async ({ OpenIDConnectProviderArn }, call) => {
    const { arn } = await foundProvider(call, OpenIDConnectProviderArn)
    call.store.delete('OpenIdProvider', [arn])
  },
  AddClientIDToOpenIDConnectProvider: async ({ OpenIDConnectProviderArn, ClientID }, call) => {
    const record = await foundProvider(call, OpenIDConnectProviderArn)
    const clientIds = [...new Set([...record.clientIds, ClientID])]
    checkQuota('ClientIdsPerOpenIdConnectProvider', clientIds.length, mostClientIds)
    call.store.put('OpenIdProvider', [record.arn], { ...record, clientIds })
  },
  RemoveClientIDFromOpenIDConnectProvider: async ({ OpenIDConnectProviderArn, ClientID }, call) => {
    const record = await foundProvider(call, OpenIDConnectProviderArn)
    // AWS: a client that is not there is no mistake.
    const clientIds = record.clientIds.filter((each) => each !== ClientID)
    call.store.put('OpenIdProvider', [record.arn], { ...record, clientIds })
  },
  UpdateOpenIDConnectProviderThumbprint: async ({ OpenIDConnectProviderArn, ThumbprintList: thumbprints }, call) => {
    const record = await foundProvider(call, OpenIDConnectProviderArn)
    checkQuota('ThumbprintsPerOpenIdConnectProvider', thumbprints.length, mostThumbprints)
    call.store.put('OpenIdProvider', [record.arn], { ...record, thumbprints })
  },
}

/** The OIDC provider with this ARN. Throws NoSuchEntity. */
export async function foundProvider(call: Call, arn: string): Promise<OpenIdProviderRecord> {
  const record = await call.store.get('OpenIdProvider', [arn])
  if (record === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`)
  return record
}

function checkQuota(name: string, count: number, most: number): void {
  if (count > most) throw limitExceeded(`Cannot exceed quota for ${name}: ${most}`)
}
