// CORS of HTTP APIs: the gateway's own preflight answers, and the headers of actual ones. HTTP 10.
import type { Cors } from '@sluice/aws-protocol/apigatewayv2'
import type { Answer, Received } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'

export interface CompiledCors {
  /** The answer to a preflight request. */
  readonly preflight: (received: Received) => Answer
  /** Takes an integration's own CORS headers out of an answer and puts the configured ones in. */
  readonly apply: (answer: Answer, received: Received) => Answer
}

/** A preflight is `OPTIONS` with both of its headers. */
export function isPreflight(received: Received): boolean {
  return (
    received.method === 'OPTIONS' &&
    lastHeader(received.headers, 'origin') !== undefined &&
    lastHeader(received.headers, 'access-control-request-method') !== undefined
  )
}

export function compileCors(cors: Cors): CompiledCors {
  const allowedOrigin = compileOrigins(cors.AllowOrigins ?? [])
  const common = (received: Received): string[] => {
    const origin = lastHeader(received.headers, 'origin')
    const allowed = origin === undefined ? undefined : allowedOrigin(origin)
    if (allowed === undefined) return []
    const headers = ['access-control-allow-origin', allowed]
    if (allowed !== '*') headers.push('vary', 'Origin')
    if (cors.AllowCredentials === true) headers.push('access-control-allow-credentials', 'true')
    return headers
  }
  return {
    preflight: (received) => {
      const headers = common(received)
      if (headers.length > 0) headers.push(...preflightHeaders(cors))
      return { status: 204, headers, body: '' }
    },
    apply: (answer, received) => {
      const headers = withoutCors(answer.headers)
      const own = common(received)
      headers.push(...own)
      if (own.length > 0 && hasItems(cors.ExposeHeaders)) {
        headers.push('access-control-expose-headers', cors.ExposeHeaders.join(','))
      }
      return { ...answer, headers }
    },
  }
}

function preflightHeaders(cors: Cors): string[] {
  const headers: string[] = []
  if (hasItems(cors.AllowMethods)) headers.push('access-control-allow-methods', cors.AllowMethods.join(','))
  if (hasItems(cors.AllowHeaders))
    headers.push('access-control-allow-headers', cors.AllowHeaders.join(',').toLowerCase())
  if (cors.MaxAge !== undefined) headers.push('access-control-max-age', String(cors.MaxAge))
  return headers
}

function hasItems(list: readonly string[] | undefined): list is readonly string[] {
  return list !== undefined && list.length > 0
}

/** The value of `access-control-allow-origin` for an origin, or undefined when it is not allowed. */
function compileOrigins(origins: readonly string[]): (origin: string) => string | undefined {
  if (origins.includes('*')) return () => '*'
  const exact = new Set(origins)
  const schemes = origins
    .filter((origin) => origin === 'https://*' || origin === 'http://*')
    .map((origin) => origin.slice(0, -1))
  return (origin) => (exact.has(origin) || schemes.some((scheme) => origin.startsWith(scheme)) ? origin : undefined)
}

function withoutCors(headers: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (!name.toLowerCase().startsWith('access-control-')) kept.push(name, headers[index + 1] ?? '')
  }
  return kept
}
