// An OTLP receiver for tests: takes what is sent over HTTP, checks it against the protocol, and answers as it is told.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { metricsRequestProblem, traceRequestProblem } from './otlp-schema.ts'

export interface ReceivedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly message: unknown
}

export interface ReceiverAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface OtlpReceiver {
  readonly url: string
  /** Requests that were taken. */
  readonly received: ReceivedRequest[]
  /** What the next requests are answered; 200 when it is empty. Those with another status are not among `received`. */
  readonly answers: ReceiverAnswer[]
  readonly attempts: () => number
  /** What of the received was not as the protocol says. */
  readonly problems: string[]
  readonly close: () => Promise<void>
}

export async function startReceiver(): Promise<OtlpReceiver> {
  const received: ReceivedRequest[] = []
  const answers: ReceiverAnswer[] = []
  const problems: string[] = []
  let attempts = 0
  const take = (request: IncomingMessage, sent: Buffer, response: ServerResponse): void => {
    attempts++
    const { status, headers = {}, body = '{}' } = answers.shift() ?? { status: 200 }
    if (status === 200) {
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
      const message = JSON.parse(bytes.toString()) as unknown
      const { url: path = '' } = request
      received.push({ path, headers: request.headers, message })
      const problem = path.endsWith('/v1/metrics') ? metricsRequestProblem(message) : traceRequestProblem(message)
      if (problem !== undefined) problems.push(problem)
      if (request.headers['content-type'] !== 'application/json') problems.push('the content type is no JSON')
    }
    response.writeHead(status, headers).end(body)
  }
  const server = createServer((request, response) => {
    buffer(request).then(
      (sent) => take(request, sent, response),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    attempts: () => attempts,
    problems,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
