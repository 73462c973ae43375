// Checks and changes routes: key, target, authorization, and what only WebSocket routes have (HTTP 3.2, 4.1, WebSocket 24).
import { BadRequestException, type Api, type Route } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { found } from './found.ts'
import { checkLengths } from './lengths.ts'
import { mergedMap, patched, replacedMap, type Changes } from './patch.ts'
import { refuseMembers } from './protocol.ts'
import { checkRouteKey } from './route-key.ts'

/** AWS's quota, which cannot be raised (HTTP 21). */
const scopesPerRoute = 10

const webSocketOnly = [
  'ModelSelectionExpression',
  'RequestModels',
  'RequestParameters',
  'RouteResponseSelectionExpression',
] as const

/** The parts of the opening request that a WebSocket route may require. */
const requestParameter = /^route\.request\.(?:querystring|header)\.[A-Za-z0-9._$-]+$/

/** The route with the changes. When it no longer asks for an authorizer, the authorizer and its scopes are dropped. */
export function changedRoute(stored: Route, changes: Changes<Route>): Route {
  const record = patched(stored, {
    ...changes,
    RequestModels: replacedMap(stored.RequestModels, changes.RequestModels),
    RequestParameters: mergedMap(stored.RequestParameters, changes.RequestParameters, () => false),
  })
  const AuthorizerId = needsAuthorizer(record) ? record.AuthorizerId : undefined
  const AuthorizationScopes =
    record.AuthorizationType === 'JWT' ? record.AuthorizationScopes : changes.AuthorizationScopes
  return { ...record, RouteKey: changes.RouteKey ?? stored.RouteKey, AuthorizerId, AuthorizationScopes }
}

/** Throws BadRequestException for the first rule that a route breaks. Whether its key is taken is checked elsewhere. */
export async function checkRoute(call: Call, api: Api, apiId: string, record: Route): Promise<void> {
  checkRouteKey(api.ProtocolType, record.RouteKey)
  checkLengths(record, { OperationName: [1, 64], Target: [1, 128] })
  if (api.ProtocolType === 'HTTP') checkHttpRoute(record)
  await checkAuthorization(call, api, apiId, record)
  if (record.Target !== undefined) await checkTarget(call, apiId, record)
  const { RouteResponseSelectionExpression: expression } = record
  if (expression !== undefined && expression !== '$default') {
    throw new BadRequestException('RouteResponseSelectionExpression must be $default')
  }
  const wrong = Object.keys(record.RequestParameters ?? {}).find((name) => !requestParameter.test(name))
  if (wrong !== undefined) throw new BadRequestException(`Invalid request parameter specified: ${wrong}`)
}

/** AWS's sentences say null where a route's id would be, as stacks that create one show; of changed routes they show none (?). */
const unnamed = 'route null'

function checkHttpRoute(record: Route): void {
  refuseMembers('HTTP', record, webSocketOnly)
  if (record.ApiKeyRequired !== true) return
  const instead = `Please set ApiKeyRequired to false for ${unnamed}`
  throw new BadRequestException(`ApiKeyRequired is not currently supported for HTTP APIs. ${instead}`)
}

async function checkTarget(call: Call, apiId: string, record: Route): Promise<void> {
  const integrationId = /^integrations\/([^/]+)$/.exec(record.Target ?? '')?.[1]
  if (integrationId === undefined) {
    const format = 'Correct format should be integrations/<integration_id>.'
    throw new BadRequestException(`Unexpected or malformed target in ${unnamed}. ${format}`)
  }
  await found(call, 'V2Integration', [apiId, integrationId])
}

function needsAuthorizer(record: Route): boolean {
  return record.AuthorizationType === 'JWT' || record.AuthorizationType === 'CUSTOM'
}

async function checkAuthorization(call: Call, api: Api, apiId: string, record: Route): Promise<void> {
  if (record.AuthorizationType === 'JWT' && api.ProtocolType === 'WEBSOCKET') {
    throw new BadRequestException('AuthorizationType JWT is not supported for WebSocket APIs')
  }
  checkScopes(record)
  if (!needsAuthorizer(record)) return
  const authorizer =
    record.AuthorizerId === undefined ? undefined : await call.store.get('V2Authorizer', [apiId, record.AuthorizerId])
  const wanted = record.AuthorizationType === 'JWT' ? 'JWT' : 'REQUEST'
  if (authorizer?.AuthorizerType !== wanted) {
    const required = wanted === 'JWT' ? 'JWT requires a valid JWT' : 'CUSTOM or COGNITO_USER_POOLS requires a valid'
    throw new BadRequestException(
      `Invalid authorizer ID specified. Setting the authorization type to ${required} authorizer.`,
    )
  }
}

function checkScopes(record: Route): void {
  const scopes = record.AuthorizationScopes ?? []
  if (scopes.length === 0) return
  if (record.AuthorizationType !== 'JWT') {
    throw new BadRequestException(
      'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types',
    )
  }
  if (scopes.length > scopesPerRoute || scopes.some((scope) => scope.length < 1 || scope.length > 64)) {
    throw new BadRequestException('AuthorizationScopes must be at most 10 texts of 1 to 64 characters.')
  }
}
