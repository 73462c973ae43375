// The record of a new API: its id, which is unique over all accounts, and what AWS fills in.
import { ConflictException, type Api } from '@sluice/aws-protocol/apigatewayv2'
import { nowSeconds, type Call } from '../call.ts'
import { mergedTags, newId, type Tags } from '../tags.ts'
import { headerApiKeySelection, httpRouteSelection } from './api-rules.ts'
import { patched, type Changes } from './patch.ts'
import { checkApiCount } from './quotas.ts'

type NewApi = Changes<Api> & Pick<Api, 'ProtocolType'>

/** Claims an id for a new API and makes its record with the defaults of its protocol. Stores nothing but the claim. */
export async function startApi(call: Call, given: NewApi): Promise<{ readonly ApiId: string; readonly record: Api }> {
  const Tags = mergedTags({}, given.Tags)
  await checkApiCount(call)
  const ApiId = await claimId(call, Tags)
  const defaults: Api = {
    ApiId,
    ApiKeySelectionExpression: headerApiKeySelection,
    CreatedDate: nowSeconds(call),
    DisableExecuteApiEndpoint: false,
    IpAddressType: 'ipv4',
    Name: '',
    ProtocolType: given.ProtocolType,
    RouteSelectionExpression: given.ProtocolType === 'HTTP' ? httpRouteSelection : '',
  }
  return { ApiId, record: { ...patched(defaults, given), Name: given.Name ?? '', Tags: Tags ?? {} } }
}

/** The API as callers see it. Its endpoint depends on where Sluice listens now, and is therefore not stored. */
export function shownApi(call: Call, record: Api): Api {
  const endpoint = call.addresses.apiEndpoint(record.ApiId ?? '')
  const ApiEndpoint = record.ProtocolType === 'WEBSOCKET' ? endpoint.replace(/^http/, 'ws') : endpoint
  return { ...record, ApiEndpoint }
}

async function claimId(call: Call, tags: Tags | undefined): Promise<string> {
  const ApiId = newId(call, tags, 10)
  const owner = JSON.stringify({ ...call.scope, kind: 'V2Api' })
  if (await call.store.claim('api', ApiId, owner)) return ApiId
  throw new ConflictException(`An API with the identifier ${ApiId} already exists`)
}
