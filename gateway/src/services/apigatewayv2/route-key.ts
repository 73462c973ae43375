// Route keys: the forms that each protocol allows, and which two keys stand for the same route.
import { BadRequestException, ConflictException, type ProtocolType } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'

/** The path of an HTTP route has no query and no fragment, like a request's path. */
const httpKey = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) (\/[^\s?#]*)$/
const variable = /^\{[^{}/+]+\}$/
const greedyVariable = /^\{[^{}/+]+\+\}$/
const longestHttpKey = 512
const longestWebSocketKey = 128
const socketEvents = ['$connect', '$disconnect', '$default']

/** Throws BadRequestException for a text that is no route key of the protocol (HTTP 4.1, WebSocket 24.1). */
export function checkRouteKey(protocol: ProtocolType, key: string): void {
  if (key === '') throw new BadRequestException('Route key is required')
  if (protocol === 'HTTP') {
    if (isHttpRouteKey(key)) return
    throw new BadRequestException(
      'The provided route key is not formatted properly for HTTP protocol. Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"',
    )
  }
  const reserved = key.startsWith('$') && !socketEvents.includes(key)
  if (key.length > longestWebSocketKey || reserved) {
    throw new BadRequestException('The provided route key is not formatted properly for WEBSOCKET protocol')
  }
}

function isHttpRouteKey(key: string): boolean {
  if (key === '$default') return true
  const path = httpKey.exec(key)?.[1]
  if (path === undefined || key.length > longestHttpKey) return false
  const segments = path.slice(1).split('/')
  const names = segments.filter((segment) => /[{}]/.test(segment))
  return (
    names.every((segment) => variable.test(segment) || (greedyVariable.test(segment) && segment === segments.at(-1))) &&
    new Set(names.map((segment) => segment.replace('+', ''))).size === names.length
  )
}

/**
 * Throws ConflictException when another route of the API has an equal key. Keys of HTTP routes are equal when they differ
 * only in the names of variables.
 */
export async function refuseTakenKey(
  call: Call,
  apiId: string,
  route: { readonly protocol: ProtocolType; readonly key: string; readonly routeId?: string | undefined },
): Promise<void> {
  const form = matchingForm(route.protocol, route.key)
  const routes = await call.store.list('V2Route', [apiId])
  const taken = routes.some(
    ({ record }) => record.RouteId !== route.routeId && matchingForm(route.protocol, record.RouteKey) === form,
  )
  if (taken) throw new ConflictException(`Route with key ${route.key} already exists for this API`)
}

/** A text that is equal for two keys of one API that stand for the same route. */
export function matchingForm(protocol: ProtocolType, key: string): string {
  return protocol === 'HTTP' ? key.replace(/\{[^{}]*?(\+?)\}/g, '{$1}') : key
}
