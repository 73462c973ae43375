// HTTP calls to backends over undici's Pool.dispatch: one keep-alive pool an origin, raw headers, one deadline a call.
import type { Dispatcher, Pool } from 'undici'
import { payloadBytes } from '../nouns/limits.ts'
import {
  UpstreamFault,
  type Backend,
  type StreamedUpstreamAnswer,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamOptions,
  type UpstreamRequest,
} from '../ports/upstream.ts'
import { ChunkQueue } from './chunk-queue.ts'

/** Connections a backend gets at most; more requests wait for a free one. */
const connectionsPerOrigin = 256
const connectTimeoutMs = 10_000

type Handler = Dispatcher.DispatchHandler
type Controller = Dispatcher.DispatchController

export function createUndiciUpstream(): Upstream & { close: () => Promise<void> } {
  const backends = new Map<string, UndiciBackend>()
  return {
    to(origin, options) {
      const key = options === undefined ? origin : `${origin}\n${JSON.stringify(options)}`
      let backend = backends.get(key)
      if (backend === undefined) backends.set(key, (backend = new UndiciBackend(origin, options)))
      return backend
    },
    close: async () => {
      await Promise.all([...backends.values()].map((backend) => backend.close()))
      backends.clear()
    },
  }
}

class UndiciBackend implements Backend {
  private readonly origin: string
  private readonly options: UpstreamOptions | undefined
  private pool: Pool | undefined

  constructor(origin: string, options: UpstreamOptions | undefined) {
    this.origin = origin
    this.options = options
  }

  request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { pool } = this
    if (pool === undefined) return this.open().then(() => this.request(request))
    return new Promise((resolve, reject) => {
      this.dispatch(pool, request, new Buffered(request.timeoutMs, resolve, reject))
    })
  }

  async stream(request: UpstreamRequest): Promise<StreamedUpstreamAnswer> {
    const pool = this.pool ?? (await this.open())
    return new Promise((resolve, reject) => {
      const exchange = new Streamed(request.timeoutMs, resolve, reject)
      this.dispatch(pool, request, exchange)
    })
  }

  async close(): Promise<void> {
    await this.pool?.destroy()
  }

  private dispatch(pool: Pool, request: UpstreamRequest, handler: Exchange): void {
    try {
      pool.dispatch(
        {
          path: request.target,
          method: request.method,
          headers: request.headers as string[],
          body: request.body ?? null,
        },
        handler,
      )
    } catch (error) {
      handler.fail(faultOf(error))
    }
  }

  /** Loaded at the first call, because undici is a fifth of the start-up time and many gateways call no backend. */
  private async open(): Promise<Pool> {
    const { Pool: PoolClass, buildConnector } = await import('undici')
    const { insecureTls, serverName, clientCertificate } = this.options ?? {}
    const connect = buildConnector({
      timeout: connectTimeoutMs,
      ...(insecureTls === true && { rejectUnauthorized: false }),
      ...(serverName !== undefined && { servername: serverName }),
      ...(clientCertificate !== undefined && {
        cert: clientCertificate.certificatePem,
        key: clientCertificate.privateKeyPem,
      }),
    })
    this.pool ??= new PoolClass(this.origin, {
      connections: connectionsPerOrigin,
      pipelining: 1,
      // The one deadline of a call is its own timer: an integration's time-out spans waiting, headers and body.
      headersTimeout: 0,
      bodyTimeout: 0,
      // undici would verify the name in a request's Host header, which a client or a mapping may have chosen.
      connect: (options, done) => connect({ ...options, servername: '' }, done),
    })
    return this.pool
  }
}

/** What buffered and streamed calls have in common: the deadline, the status and headers, and failing once. */
abstract class Exchange implements Handler {
  protected controller: Controller | undefined
  protected status = 0
  protected headers: string[] = []
  private settled = false
  private readonly timer: NodeJS.Timeout
  private readonly reject: (fault: UpstreamFault) => void

  constructor(timeoutMs: number, reject: (fault: UpstreamFault) => void) {
    this.reject = reject
    this.timer = setTimeout(
      () => this.fail(new UpstreamFault('timeout', 'the backend did not answer in time')),
      timeoutMs,
    )
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller
    if (this.settled) controller.abort(new Error('settled before it started'))
  }

  onResponseStart(controller: Controller, status: number): void {
    // 1xx answers are interim: the real one follows.
    if (status < 200) return
    this.status = status
    this.headers = textHeaders(controller.rawHeaders as readonly (Buffer | string)[] | undefined)
    this.started()
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.fail(faultOf(error))
  }

  abstract onResponseData(controller: Controller, chunk: Buffer): void
  abstract onResponseEnd(): void

  fail(fault: UpstreamFault): void {
    if (!this.settle()) return
    this.controller?.abort(fault)
    this.reject(fault)
  }

  protected started(): void {}

  /** True the first time. */
  protected settle(): boolean {
    if (this.settled) return false
    this.settled = true
    clearTimeout(this.timer)
    return true
  }
}

class Buffered extends Exchange {
  private readonly chunks: Buffer[] = []
  private bytes = 0
  private readonly resolve: (answer: UpstreamAnswer) => void

  constructor(timeoutMs: number, resolve: (answer: UpstreamAnswer) => void, reject: (fault: UpstreamFault) => void) {
    super(timeoutMs, reject)
    this.resolve = resolve
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.bytes > payloadBytes)
      this.fail(new UpstreamFault('too-large', `the backend's answer exceeds ${payloadBytes} bytes`))
    else this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.settle()) this.resolve({ status: this.status, headers: this.headers, body: this.chunks })
  }
}

class Streamed extends Exchange {
  private readonly queue = new ChunkQueue(
    () => this.controller?.resume(),
    () => this.controller?.abort(new Error('the reader went away')),
  )
  private readonly resolve: (answer: StreamedUpstreamAnswer) => void

  constructor(
    timeoutMs: number,
    resolve: (answer: StreamedUpstreamAnswer) => void,
    reject: (fault: UpstreamFault) => void,
  ) {
    super(timeoutMs, reject)
    this.resolve = resolve
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.queue.push(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.queue.end()
  }

  override onResponseError(controller: Controller, error: Error): void {
    this.queue.fail(faultOf(error))
    super.onResponseError(controller, error)
  }

  protected override started(): void {
    if (this.settle()) this.resolve({ status: this.status, headers: this.headers, body: this.queue })
  }
}

function textHeaders(raw: readonly (Buffer | string)[] | undefined): string[] {
  return (raw ?? []).map((part) => (typeof part === 'string' ? part : part.toString('latin1')))
}

const refusals = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

function faultOf(error: unknown): UpstreamFault {
  if (error instanceof UpstreamFault) return error
  const { code, message } = error as { code?: unknown; message?: unknown }
  const refused =
    typeof code === 'string' && (refusals.has(code) || code.startsWith('ERR_TLS') || code.includes('CERT'))
  return new UpstreamFault(refused ? 'refused' : 'broken', String(message ?? error), error)
}
