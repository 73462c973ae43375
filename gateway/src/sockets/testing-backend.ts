// An HTTP backend for tests of WebSocket APIs, which keeps the requests that it gets.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A backend: answers each request as `answer` says, with the request's body when it says nothing. */
export interface Backend {
  readonly url: string
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[]
  readonly close: () => Promise<void>
}

export interface BackendAnswer {
  readonly status?: number
  readonly body?: string | Uint8Array
  readonly afterMs?: number
}

export async function startBackend(
  answer: (body: string, url: string) => BackendAnswer = () => ({}),
): Promise<Backend> {
  const requests: Backend['requests'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      requests.push({ url: request.url ?? '', headers: request.headers, body })
      const { status = 200, body: said = body, afterMs = 0 } = answer(body, request.url ?? '')
      const finish = () => response.writeHead(status, { 'content-type': 'application/json' }).end(said)
      if (afterMs > 0) setTimeout(finish, afterMs)
      else finish()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
