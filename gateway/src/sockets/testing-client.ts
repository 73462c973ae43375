// WebSocket clients for tests: they keep what they receive, and read what a refused upgrade says.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { WebSocket, type ClientOptions } from 'ws'
import type { Place } from './testing.ts'

/** A client that keeps what it receives until it is asked for. */
export class Client {
  readonly socket: WebSocket
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  private readonly received: string[] = []
  private wake: () => void = () => {}

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.received.push(data.toString())
      this.wake()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        this.wake()
      }),
    )
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The next message; rejects when the connection ends first. */
  async next(): Promise<string> {
    while (this.received.length === 0) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the connection was closed')
      await new Promise<void>((resolve) => (this.wake = resolve))
    }
    return this.received.shift() ?? ''
  }

  /** Sends, and gives the message that comes next. */
  async ask(message: unknown): Promise<string> {
    this.send(message)
    return this.next()
  }

  /** How many messages wait to be asked for. */
  get pending(): number {
    return this.received.length
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }
}

export interface ConnectOptions {
  /** Behind the stage: `?a=1`. */
  readonly path?: string
  readonly stageName?: string
  readonly protocols?: readonly string[]
  readonly options?: ClientOptions
}

/** Connects by the path-style URL. Rejects with `Unexpected server response: 403` and the like. */
export async function connect(place: Pick<Place, 'port'>, apiId: string, how: ConnectOptions = {}): Promise<Client> {
  const url = `ws://127.0.0.1:${place.port}/_aws/execute-api/${apiId}/${how.stageName ?? 'dev'}${how.path ?? ''}`
  const socket = new WebSocket(url, [...(how.protocols ?? [])], how.options)
  const client = new Client(socket)
  await once(socket, 'open')
  return client
}

/** A refused upgrade: what HTTP says. */
export async function refusal(
  place: Pick<Place, 'port'>,
  apiId: string,
  how: ConnectOptions = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const url = `ws://127.0.0.1:${place.port}/_aws/execute-api/${apiId}/${how.stageName ?? 'dev'}${how.path ?? ''}`
  const socket = new WebSocket(url, [...(how.protocols ?? [])], how.options)
  socket.on('error', () => {})
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  socket.terminate()
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }
}
