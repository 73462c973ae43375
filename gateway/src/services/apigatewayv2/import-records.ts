// Makes an HTTP API's records from what a document says of it: names become ids, and every rule of a direct call applies.
import { ConflictException, type Api, type Integration } from '@sluice/aws-protocol/apigatewayv2'
import type { HttpApiDescription, HttpAuthorizer, HttpIntegration } from '@sluice/openapi'
import { Turns } from '../../nouns/turns.ts'
import type { Call } from '../call.ts'
import { checkPassRole } from '../pass-role.ts'
import { authorizerOf, capitalised } from './import-authorizers.ts'
import { checkIntegration, settledIntegration } from './integration-rules.ts'
import { patched } from './patch.ts'
import { checkCount } from './quotas.ts'
import { matchingForm } from './route-key.ts'
import { changedRoute, checkRoute } from './route-rules.ts'

type Ids = ReadonlyMap<string, string>

/**
 * Stores the authorizers (already checked), integrations and routes of a description below an API that has none. Throws for
 * the first fault.
 */
export async function storeDescription(call: Call, api: Api, description: HttpApiDescription): Promise<void> {
  checkCount(call, 'V2Authorizer', description.authorizers.length)
  checkCount(call, 'V2Integration', description.integrations.length)
  checkCount(call, 'V2Route', description.routes.length)
  const authorizerIds = storeAuthorizers(call, api, description.authorizers)
  const integrationIds = await storeIntegrations(call, api, description.integrations)
  await storeRoutes(call, api, description.routes, { authorizerIds, integrationIds })
}

function storeAuthorizers(call: Call, api: Api, authorizers: readonly HttpAuthorizer[]): Ids {
  const ids = new Map<string, string>()
  for (const described of authorizers) {
    const AuthorizerId = call.ids.short(6)
    const record = authorizerOf(described, AuthorizerId)
    checkPassRole(call, record.AuthorizerCredentialsArn)
    call.store.put('V2Authorizer', [api.ApiId ?? '', AuthorizerId], record)
    ids.set(described.name, AuthorizerId)
  }
  return ids
}

async function storeIntegrations(call: Call, api: Api, integrations: readonly HttpIntegration[]): Promise<Ids> {
  const ids = new Map<string, string>()
  const turns = new Turns()
  for (const { key, tlsConfig, ...described } of integrations) {
    const IntegrationId = call.ids.short(7)
    const given = {
      ...(capitalised(described) as Partial<Integration>),
      TlsConfig: tlsConfig && { ServerNameToVerify: tlsConfig.serverNameToVerify },
    }
    const record = settledIntegration(api, patched<Integration>({ IntegrationId }, given))
    await checkIntegration(call, api, record)
    call.store.put('V2Integration', [api.ApiId ?? '', IntegrationId], record)
    ids.set(key, IntegrationId)
    await turns.next()
  }
  return ids
}

interface Named {
  readonly authorizerIds: Ids
  readonly integrationIds: Ids
}

async function storeRoutes(call: Call, api: Api, routes: HttpApiDescription['routes'], named: Named): Promise<void> {
  const forms = new Set<string>()
  const turns = new Turns()
  for (const { routeKey, authorizationType, authorizerName = '', integrationKey = '', ...described } of routes) {
    const RouteId = call.ids.short(7)
    const integrationId = named.integrationIds.get(integrationKey)
    const record = changedRoute(
      { RouteId, RouteKey: routeKey, ApiKeyRequired: false },
      {
        AuthorizationType: authorizationType as 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'JWT',
        AuthorizerId: named.authorizerIds.get(authorizerName),
        AuthorizationScopes: described.authorizationScopes,
        OperationName: described.operationName,
        Target: integrationId && `integrations/${integrationId}`,
      },
    )
    await checkRoute(call, api, api.ApiId ?? '', record)
    const form = matchingForm('HTTP', routeKey)
    if (forms.has(form)) throw new ConflictException(`Route with key ${routeKey} already exists for this API`)
    forms.add(form)
    call.store.put('V2Route', [api.ApiId ?? '', RouteId], record)
    await turns.next()
  }
}
