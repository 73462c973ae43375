// A backend that keeps what it was sent, byte by byte, and answers what a test tells it to.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  /** Names and values in turn, as they were on the wire. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

export interface BackendAnswer {
  readonly status?: number
  readonly headers?: readonly string[]
  readonly body?: string | Uint8Array
}

export interface Backend {
  /** `http://127.0.0.1:49152` */
  readonly url: string
  readonly authority: string
  /** The last request. */
  readonly seen: () => SeenRequest
  /** What every following request gets. */
  readonly answer: (answer: BackendAnswer) => void
  readonly close: () => Promise<void>
}

export async function startBackend(): Promise<Backend> {
  let last: SeenRequest | undefined
  let next: BackendAnswer = {}
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request
      last = { method, url, headers: rawHeaders, body: Buffer.concat(chunks) }
      response.sendDate = false
      response.writeHead(next.status ?? 200, [...(next.headers ?? [])])
      response.end(next.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${authority}`,
    authority,
    seen: () => {
      if (last === undefined) throw new Error('the backend was not called')
      return last
    },
    answer: (answer) => {
      next = answer
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
