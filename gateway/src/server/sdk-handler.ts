// A `requestHandler` for AWS SDK for JavaScript v3 clients that needs no socket: requests go straight to the front.
import { Readable } from 'node:stream'
import type { Front } from './incoming.ts'
import { perform } from './perform.ts'

/** The part of the SDK's HttpRequest that is read. */
export interface SdkRequest {
  readonly method: string
  readonly protocol?: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface SdkResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Readable
}

/** What SDK v3 clients take as `requestHandler`. */
export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: 'http/1.1' }
  readonly handle: (request: SdkRequest) => Promise<{ readonly response: SdkResponse }>
  readonly destroy: () => void
  readonly updateHttpClientConfig: () => void
  readonly httpHandlerConfigs: () => object
}

export function createSdkHandler(front: Front): SdkRequestHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request) => {
      const query = queryString(request.query)
      const answer = await perform(front, {
        method: request.method,
        target: `${request.path}${query === '' ? '' : `?${query}`}`,
        headers: Object.entries(request.headers).flat(),
        body: await bytesOf(request.body),
      })
      const headers: Record<string, string> = {}
      for (let index = 0; index < answer.headers.length; index += 2) {
        headers[(answer.headers[index] ?? '').toLowerCase()] = answer.headers[index + 1] ?? ''
      }
      return { response: { statusCode: answer.status, headers, body: Readable.from(answer.chunks) } }
    },
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  }
}

function queryString(query: SdkRequest['query']): string {
  const parts: string[] = []
  for (const [name, value] of Object.entries(query ?? {})) {
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as string | null]
    for (const each of values) parts.push(each === null ? encode(name) : `${encode(name)}=${encode(each)}`)
  }
  return parts.join('&')
}

/** As the SDK's own handlers encode: RFC 3986, with `!'()*` encoded too. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array(0)
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const chunks: Uint8Array[] = []
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
  }
  throw new TypeError('this kind of request body is not understood: give a string, bytes or a stream')
}
