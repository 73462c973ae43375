// The head of a request that came over HTTP/2, as HTTP/1.1 would have said it. RFC 9113, 8.3.
import type { TLSSocket } from 'node:tls'
import type { Head } from './incoming.ts'
import { tlsConnectionOf } from './tls-connection.ts'

/** Undefined for a request that names no host, two hosts, or no path. The library has refused what is malformed. */
export function headOfStream(rawHeaders: readonly string[], socket: TLSSocket): Head | undefined {
  const line = requestLine(rawHeaders)
  if (line === undefined) return undefined
  const address = socket.remoteAddress ?? ''
  return {
    method: line.method,
    target: line.target,
    headers: ordinaryHeaders(rawHeaders, line.host),
    httpVersion: '1.1',
    isHttp2: true,
    remoteAddress: address.startsWith('::ffff:') ? address.slice(7) : address,
    scheme: 'https',
    port: socket.localPort ?? 0,
    tls: tlsConnectionOf(socket),
  }
}

function requestLine(rawHeaders: readonly string[]): { method: string; target: string; host: string } | undefined {
  let method = 'GET'
  let target: string | undefined
  let host: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    if (name === ':method') method = value
    else if (name === ':path') target = value
    else if (name === ':authority' || name === 'host') {
      if (host !== undefined && host !== value) return undefined
      host = value
    }
  }
  return host === undefined || target === undefined ? undefined : { method, target, host }
}

function ordinaryHeaders(rawHeaders: readonly string[], host: string): string[] {
  const headers = ['Host', host]
  let cookies = ''
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    // A client may send each cookie as a header of its own, for better compression: RFC 9113, 8.2.3.
    if (name === 'cookie') cookies = cookies === '' ? value : `${cookies}; ${value}`
    else if (name !== 'host' && !name.startsWith(':')) headers.push(name, value)
  }
  if (cookies !== '') headers.push('cookie', cookies)
  return headers
}
