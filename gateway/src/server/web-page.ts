// Web pages as callers: a browser lets any page of the world send requests to this machine.
import { isIP } from 'node:net'
import type { Answer } from '../nouns/exchange.ts'
import { lastHeader, type HeaderList } from '../nouns/headers.ts'
import type { Destination } from './incoming.ts'
import { plainAnswer } from './plain-answer.ts'
import type { ServicePlane } from './service-plane.ts'

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** The origin of the page that sent the request, if that is a page of this machine or of the gateway's own address. */
export function trustedOrigin(headers: HeaderList): string | undefined {
  const origin = lastHeader(headers, 'origin') ?? ''
  const { host = '', hostname = '' } = URL.parse(origin) ?? {}
  const isOwn = host !== '' && host === lastHeader(headers, 'host')?.toLowerCase() && !isPublicName(headers)
  return loopback.test(hostname) || isOwn ? origin : undefined
}

/** Whether the Host header is a public DNS name. A web page can have its own name lead to this machine (DNS rebinding). */
export function isPublicName(headers: HeaderList): boolean {
  const { hostname = '' } = URL.parse(`http://${lastHeader(headers, 'host') ?? ''}`) ?? {}
  return hostname.includes('.') && isIP(hostname) === 0 && !hostname.endsWith('.localhost')
}

const refuse = (): Answer => plainAnswer(403, 'Web pages of other origins may not make AWS calls here.')
const refused: Destination = { maximumBodyBytes: 0, handle: refuse, tooLarge: refuse }

/** For a gateway that verifies no signatures: refuses what pages of other origins send, which could otherwise run code here. */
export function withoutForeignPages(services: ServicePlane): ServicePlane {
  return (head, connections) =>
    lastHeader(head.headers, 'origin') !== undefined && trustedOrigin(head.headers) === undefined
      ? refused
      : services(head, connections)
}
