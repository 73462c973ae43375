// A real HTTP backend for one test file: it keeps what it was asked, and answers what the test says.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  /** Path and query as on the wire. */
  readonly target: string
  /** Names and values in turn, as on the wire. */
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Backend {
  /** `http://127.0.0.1:49152` */
  readonly url: string
  readonly authority: string
  readonly asked: Asked[]
  /** Replaces how requests are answered; at first with 200 and `ok`. */
  answer: RequestListener
  readonly last: () => Asked
  readonly close: () => Promise<void>
}

export async function startBackend(): Promise<Backend> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request
      backend.asked.push({ method, target: url, headers, rawHeaders, body: Buffer.concat(chunks).toString() })
      backend.answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const backend: Backend = {
    url: `http://${authority}`,
    authority,
    asked: [],
    answer: (_, response) => response.end('ok'),
    last: () => {
      const asked = backend.asked.at(-1)
      if (asked === undefined) throw new Error('the backend was not asked')
      return asked
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return backend
}
