// The head of a request that came over HTTP/2, as HTTP/1.1 would have said it. RFC 9113, 8.3.
import type { TLSSocket } from 'node:tls'
import type { Head } from './incoming.ts'
import { tlsConnectionOf } from './tls-connection.ts'

interface Fields {
  readonly pseudo: Map<string, string>
  readonly headers: string[]
  readonly cookies: string[]
  readonly hosts: string[]
}

/** Undefined for a request that names no host, two hosts, or no path. The library has refused what is malformed. */
export function headOfStream(rawHeaders: readonly string[], socket: TLSSocket): Head | undefined {
  const { pseudo, headers, cookies, hosts } = fieldsOf(rawHeaders)
  const [host, ...others] = new Set([...(pseudo.has(':authority') ? [pseudo.get(':authority') ?? ''] : []), ...hosts])
  const target = pseudo.get(':path')
  if (host === undefined || others.length > 0 || target === undefined) return undefined
  const address = socket.remoteAddress ?? ''
  return {
    method: pseudo.get(':method') ?? 'GET',
    target,
    headers: ['Host', host, ...headers, ...(cookies.length === 0 ? [] : ['cookie', cookies.join('; ')])],
    httpVersion: '1.1',
    isHttp2: true,
    remoteAddress: address.startsWith('::ffff:') ? address.slice(7) : address,
    scheme: 'https',
    port: socket.localPort ?? 0,
    tls: tlsConnectionOf(socket),
  }
}

/** A client may send each cookie as a header of its own, for better compression: RFC 9113, 8.2.3. */
function fieldsOf(rawHeaders: readonly string[]): Fields {
  const fields: Fields = { pseudo: new Map(), headers: [], cookies: [], hosts: [] }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    if (name.startsWith(':')) fields.pseudo.set(name, value)
    else if (name === 'host') fields.hosts.push(value)
    else if (name === 'cookie') fields.cookies.push(value)
    else fields.headers.push(name, value)
  }
  return fields
}
