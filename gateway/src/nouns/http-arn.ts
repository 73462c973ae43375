// ARNs of what a request of an HTTP API calls: policies of authorizers and of IAM are decided by them.
import type { Received } from './exchange.ts'
import { httpRoutePath, type HttpRoute } from './http.ts'

/**
 * `arn:aws:execute-api:R:ACCOUNT:API/STAGE/GET/pets/7`: the path that was requested, decoded. Root ends in a slash. Security B.5
 */
export function httpRequestArn({ stage }: HttpRoute, exchange: Received): string {
  const { region, account, apiId, stageName } = stage
  const path = decodePath(httpRoutePath(exchange))
  return `arn:aws:execute-api:${region}:${account}:${apiId}/${stageName}/${exchange.method}${path}`
}

/** What a Lambda authorizer is asked about: the request's ARN, or `…/STAGE/$default` for the default route. HTTP 12.3. */
export function httpRouteArn(route: HttpRoute, exchange: Received): string {
  if (route.path !== '$default') return httpRequestArn(route, exchange)
  const { region, account, apiId, stageName } = route.stage
  return `arn:aws:execute-api:${region}:${account}:${apiId}/${stageName}/$default`
}

/** A path that is no valid percent-encoding stays as it is. */
export function decodePath(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
