// Lambda's HTTP Runtime API for one sandbox, on a loopback port of its own, so that no sandbox can be taken for another.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Channel, ChannelListener, InvokeRequest } from './channel.ts'
import { errorDocument } from './faults.ts'

const nextPath = '/2018-06-01/runtime/invocation/next'
const initErrorPath = '/2018-06-01/runtime/init/error'
const answerPath = /^\/2018-06-01\/runtime\/invocation\/([^/?]+)\/(response|error)$/

/** JSON text that fits into an HTTP header: characters that do not are written as `\uXXXX`. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function answer(response: ServerResponse, status: number, body: Uint8Array | string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

const accepted = '{"status":"OK"}\n'

/** Serves a process that speaks the Runtime API: a `bootstrap` of its own, or one of AWS's runtime clients. */
export class RuntimeApi implements Channel {
  readonly #listener: ChannelListener
  readonly #responseLimitBytes: number
  readonly #server: Server
  /** The process's request for `/next`, which is answered with the next event. */
  #waiting: ServerResponse | undefined
  /** An event that waits for `/next`. */
  #undelivered: { readonly request: InvokeRequest; readonly deadlineMs: number } | undefined
  #currentId: string | undefined
  #isReady = false
  /** The body of an answer is arriving. */
  #isAnswering = false
  /** The request whose body is the streamed answer under way. */
  #streaming: IncomingMessage | undefined

  private constructor(listener: ChannelListener, responseLimitBytes: number) {
    this.#listener = listener
    this.#responseLimitBytes = responseLimitBytes
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
      // A process that hangs up in the middle of something shows as its exit or as the time-out.
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  /** Opens the port; it is in `address` for `AWS_LAMBDA_RUNTIME_API`. */
  static async listen(listener: ChannelListener, responseLimitBytes: number): Promise<RuntimeApi> {
    const api = new RuntimeApi(listener, responseLimitBytes)
    await new Promise<void>((resolve, reject) => {
      api.#server.once('error', reject)
      api.#server.listen(0, '127.0.0.1', resolve)
    })
    return api
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  send(request: InvokeRequest, deadlineMs: number): void {
    this.#undelivered = { request, deadlineMs }
    this.#deliver()
  }

  pause(): void {
    this.#streaming?.pause()
  }

  resume(): void {
    this.#streaming?.resume()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    if (request.method === 'GET' && path === nextPath) return this.#next(response)
    if (request.method === 'POST' && path === initErrorPath) return this.#initError(request, response)
    const match = request.method === 'POST' ? answerPath.exec(path) : null
    if (match === null)
      return answer(response, 404, errorDocument('InvalidPath', `${path} is not part of the Runtime API`))
    if (match[1] !== this.#currentId) {
      request.resume()
      return answer(response, 400, errorDocument('InvalidRequestID', `No answer to ${match[1]} is awaited`))
    }
    if (this.#isAnswering) {
      request.resume()
      return answer(response, 403, errorDocument('InvalidStateTransition', `${match[1]} is being answered`))
    }
    this.#isAnswering = true
    try {
      if (match[2] === 'error') await this.#error(request, response)
      else if (request.headers['lambda-runtime-function-response-mode'] === 'streaming')
        await this.#stream(request, response)
      else await this.#response(request, response)
    } finally {
      this.#isAnswering = false
    }
  }

  #next(response: ServerResponse): void {
    if (this.#currentId !== undefined || this.#waiting !== undefined) {
      return answer(response, 403, errorDocument('InvalidStateTransition', 'The invocation has not been answered'))
    }
    this.#waiting = response
    response.once('close', () => {
      if (this.#waiting === response) this.#waiting = undefined
    })
    if (!this.#isReady) {
      this.#isReady = true
      this.#listener.ready()
    }
    this.#deliver()
  }

  #deliver(): void {
    const response = this.#waiting
    if (this.#undelivered === undefined || response === undefined) return
    const { request, deadlineMs } = this.#undelivered
    this.#undelivered = undefined
    this.#waiting = undefined
    this.#currentId = request.requestId
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Content-Length', Buffer.byteLength(request.payload))
    response.setHeader('Lambda-Runtime-Aws-Request-Id', headerText(request.requestId))
    response.setHeader('Lambda-Runtime-Deadline-Ms', String(deadlineMs))
    response.setHeader('Lambda-Runtime-Invoked-Function-Arn', headerText(request.invokedFunctionArn))
    const optional = [
      ['Lambda-Runtime-Trace-Id', request.traceHeader],
      ['Lambda-Runtime-Client-Context', request.clientContext],
      ['Lambda-Runtime-Cognito-Identity', request.cognitoIdentity],
    ] as const
    for (const [name, value] of optional) if (value !== undefined) response.setHeader(name, headerText(value))
    response.end(request.payload)
  }

  async #response(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const payload = await this.#body(request)
    this.#currentId = undefined
    if (payload === undefined) {
      this.#listener.respondedTooLarge()
      const message = `Exceeded maximum allowed payload size (${this.#responseLimitBytes} bytes).`
      return answer(response, 413, errorDocument('RequestEntityTooLarge', message))
    }
    answer(response, 202, accepted)
    // What the process printed before it answered is still in its pipes: let them be read first.
    setImmediate(() => this.#listener.responded(payload))
  }

  async #error(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const document = await this.#errorBody(request)
    this.#currentId = undefined
    answer(response, 202, accepted)
    setImmediate(() => this.#listener.failed(document))
  }

  async #initError(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isReady) {
      request.resume()
      return answer(response, 403, errorDocument('InvalidStateTransition', 'The runtime is already initialised'))
    }
    const document = await this.#errorBody(request)
    answer(response, 202, accepted)
    setImmediate(() => this.#listener.died(document))
  }

  async #errorBody(request: IncomingMessage): Promise<Uint8Array> {
    const body = await this.#body(request)
    if (body !== undefined && body.length > 0) return body
    const type = request.headers['lambda-runtime-function-error-type']
    return errorDocument(typeof type === 'string' ? type : 'Runtime.Unknown', 'The runtime gave no reason')
  }

  /** The whole body, or undefined when it is over the limit; the rest of it is read and dropped. */
  async #body(request: IncomingMessage): Promise<Uint8Array | undefined> {
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > this.#responseLimitBytes) chunks.length = 0
      else chunks.push(chunk)
    }
    return bytes > this.#responseLimitBytes ? undefined : Buffer.concat(chunks)
  }

  async #stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#streaming = request
    this.#listener.streamOpened(request.headers['content-type'] ?? 'application/octet-stream')
    request.on('data', (chunk: Buffer) => this.#listener.streamed(chunk))
    const whole = await new Promise<boolean>((resolve) => {
      request.once('end', () => resolve(true))
      request.once('close', () => resolve(request.complete))
    })
    this.#streaming = undefined
    this.#currentId = undefined
    answer(response, 202, accepted)
    setImmediate(() => this.#listener.streamEnded(streamFailure(request, whole)))
  }
}

/** The error of a streamed answer: what its trailers say, or that it broke off. */
function streamFailure(request: IncomingMessage, whole: boolean): Uint8Array | undefined {
  if (!whole) return errorDocument('Runtime.TruncatedResponse', 'The response stream broke off')
  const type = request.trailers['lambda-runtime-function-error-type']
  if (type === undefined) return undefined
  const body = request.trailers['lambda-runtime-function-error-body']
  return body === undefined ? errorDocument(type, '') : Buffer.from(body, 'base64')
}
