// One connection to a backend: requests and their answers, one at a time, kept open for the next one.
import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { UpstreamFault, type UpstreamOptions } from '../../ports/upstream.ts'
import type { Call, Carrier } from './call.ts'
import { faultOf, unfitCertificate } from './failure.ts'
import { llhttp, longestReadBytes } from './llhttp.ts'
import { requestBytes } from './request-head.ts'
import { ResponseParser, type AnswerEvents } from './response-parser.ts'

export interface Origin {
  readonly isTls: boolean
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  readonly options: UpstreamOptions | undefined
}

/** What becomes of a connection. */
export interface ConnectionOwner {
  /** An answer is complete, and another request may follow. */
  onIdle(connection: Connection): void
  onClosed(connection: Connection): void
  /** The head of an answer is there whose body may take as long as it likes. */
  onStreaming(connection: Connection): void
  /** The connection ended before the request was answered, and it may be sent elsewhere. */
  onUnsent(call: Call): void
}

const connectTimeoutMs = 10_000
const tcpKeepAliveMs = 60_000
/** Unused connections are closed after this, unless the backend's Keep-Alive says how long it waits. */
const idleMs = 4000
const longestIdleMs = 600_000
/** The backend's own time-out must not be reached while a request is on its way. */
const idleMarginMs = 1000

const firstReadBytes = 16_384
/** Bodies from this size on are handed on in the buffer that they were read into; less is copied. */
const handedOnBytes = 4096

/** RFC 9110, 9.2.1: sending these twice does no harm. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export class Connection implements AnswerEvents, Carrier {
  /** Milliseconds of the monotonic clock until which it may be used again. */
  idleUntilMs = 0
  private readonly owner: ConnectionOwner
  private readonly socket: Socket
  private readonly parser: ResponseParser
  private call: Call | undefined
  private isOpen = false
  private isClosed = false
  private isReused = false
  private isSent = false
  private isAnswering = false
  private shouldKeepAlive = false
  private isComplete = false
  private mayRead = true
  private keepIdleMs = idleMs
  /** What the socket reads into, and whether a body has been handed on in it. */
  private buffer: Buffer | undefined
  private readBytes = firstReadBytes
  private isHandedOn = false

  /** Connects for `call`, which is sent as soon as it can be. */
  constructor(owner: ConnectionOwner, origin: Origin, call: Call) {
    this.owner = owner
    this.parser = new ResponseParser(llhttp(), this)
    this.call = call
    call.carrier = this
    this.socket = origin.isTls ? this.openTls(origin) : this.openTcp(origin)
    this.socket.setTimeout(connectTimeoutMs, () =>
      this.socket.destroy(new Error('the backend could not be reached in time')),
    )
    this.socket.once(origin.isTls ? 'secureConnect' : 'connect', () => this.onOpen())
    this.socket.on('error', (error) => this.onFailure(error))
    this.socket.on('end', () => this.onEnd())
    this.socket.on('close', () => this.onClose())
  }

  /** Takes over a call; it is written by `flush`. */
  take(call: Call): void {
    this.call = call
    call.carrier = this
    this.isReused = true
    this.isSent = false
  }

  /** Sends the call that was taken, unless it has been settled or the connection has ended meanwhile. */
  flush(): void {
    if (this.call !== undefined) this.send(this.call)
  }

  /** Ends it and the call that it works on. */
  end(fault: UpstreamFault): void {
    const { call } = this
    this.abort()
    call?.fail(fault)
  }

  /** Ends it, with whatever it is working on. */
  abort(): void {
    this.release()
    this.close()
  }

  resume(): void {
    if (this.mayRead) return
    this.mayRead = true
    this.socket.resume()
  }

  onHead(status: number, headers: string[]): void {
    this.isAnswering = true
    this.keepIdleMs = idleTime(headers)
    const { call } = this
    call?.onHead(status, headers)
    if (call?.isStreamed === true) this.owner.onStreaming(this)
  }

  onBody(bytes: Buffer): void {
    const { call } = this
    if (call === undefined || bytes.length === 0) return
    const isHandedOn = this.buffer === undefined || bytes.length >= handedOnBytes
    if (isHandedOn) this.isHandedOn = true
    if (!call.onBody(isHandedOn ? bytes : Buffer.from(bytes))) this.mayRead = false
  }

  onComplete(shouldKeepAlive: boolean): void {
    const { call } = this
    this.shouldKeepAlive = shouldKeepAlive
    this.isComplete = true
    this.release()
    call?.onEnd()
  }

  private openTcp({ host, port }: Origin): Socket {
    const onread: OnReadOpts = {
      buffer: () => this.nextBuffer(),
      callback: (length, buffer) => this.onRead((buffer as Buffer).subarray(0, length)),
    }
    return connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs, onread })
  }

  private openTls({ host, port, options }: Origin): Socket {
    const { insecureTls, serverName, clientCertificate } = options ?? {}
    // The name is the URI's: the Host header may be a client's or a mapping's choice.
    const servername = serverName ?? (isIP(host) === 0 ? host : undefined)
    const socket = connectTls({
      host,
      port,
      ALPNProtocols: ['http/1.1'],
      ...(servername !== undefined && { servername }),
      ...(insecureTls === true && { rejectUnauthorized: false }),
      ...(clientCertificate !== undefined && {
        cert: clientCertificate.certificatePem,
        key: clientCertificate.privateKeyPem,
      }),
    })
    if (insecureTls === true) {
      socket.once('secureConnect', () => {
        const error = unfitCertificate(socket, servername ?? host)
        if (error !== undefined) this.onFailure(error)
      })
    }
    socket.setNoDelay(true)
    socket.setKeepAlive(true, tcpKeepAliveMs)
    socket.on('data', (chunk: Buffer) => {
      if (!this.onRead(chunk)) socket.pause()
    })
    return socket
  }

  private onOpen(): void {
    if (this.isClosed) return
    this.isOpen = true
    this.socket.setTimeout(0)
    if (this.call !== undefined) this.send(this.call)
  }

  private send(call: Call): void {
    const { socket } = this
    try {
      const parts = requestBytes(call.request)
      this.isSent = true
      this.isAnswering = false
      this.parser.expect(call.request.method)
      if (parts.length > 1) socket.cork()
      for (const part of parts) {
        if (typeof part === 'string') socket.write(part, 'latin1')
        else socket.write(part)
      }
      if (parts.length > 1) socket.uncork()
    } catch (error) {
      call.fail(faultOf(error, true))
    }
  }

  /** False: read no more for now. */
  private onRead(chunk: Buffer): boolean {
    if (this.isClosed) return true
    if (chunk.length === this.readBytes) this.readBytes = longestReadBytes
    const isValid = this.parser.read(chunk)
    // The call may have ended it, with the last of an answer that is too large: it is not idle then.
    if (this.isClosed) return true
    if (!isValid) this.onFailure(new Error('the backend did not send a valid HTTP answer'))
    else if (this.isComplete) this.onAnswered()
    return this.mayRead
  }

  private onAnswered(): void {
    this.isComplete = false
    // An answer that came before its request was written whole leaves the rest of the request on the wire.
    if (!this.shouldKeepAlive || this.keepIdleMs <= 0 || this.socket.writableLength > 0) {
      this.close()
      return
    }
    this.idleUntilMs = performance.now() + this.keepIdleMs
    this.resume()
    this.owner.onIdle(this)
  }

  private onEnd(): void {
    if (this.isClosed) return
    // A call that is still there was taken in this turn, and is not written yet.
    if (this.parser.finish() && this.call === undefined) this.close()
    else this.onFailure(this.closedEarly())
  }

  private closedEarly(): UpstreamFault {
    const logged = this.isAnswering ? undefined : 'Connection is closed'
    const message = 'the backend closed the connection before its answer was complete'
    return new UpstreamFault('broken', message, undefined, logged)
  }

  private onFailure(error: Error): void {
    if (this.isClosed) return
    const { call } = this
    this.abort()
    if (call === undefined) return
    if (this.isReused && !this.isSent) this.owner.onUnsent(call)
    else if (this.mayRepeat(call)) {
      call.isSecondTry = true
      this.owner.onUnsent(call)
    } else call.fail(faultOf(error, this.isOpen))
  }

  /** A backend may close a kept connection while a request is on its way: that says nothing about the request. */
  private mayRepeat({ isSecondTry, request }: Call): boolean {
    return this.isReused && !this.isAnswering && !isSecondTry && safeMethods.has(request.method)
  }

  private onClose(): void {
    this.onFailure(new Error('the connection to the backend was closed'))
    this.close()
    this.parser.free()
  }

  private close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.socket.destroy()
    this.owner.onClosed(this)
  }

  private release(): void {
    if (this.call !== undefined) this.call.carrier = undefined
    this.call = undefined
  }

  private nextBuffer(): Buffer {
    if (this.buffer === undefined || this.isHandedOn || this.buffer.length < this.readBytes) {
      this.buffer = Buffer.allocUnsafeSlow(this.readBytes)
      this.isHandedOn = false
    }
    return this.buffer
  }
}

/** How long a backend keeps the connection, from its Keep-Alive header, less a margin. */
function idleTime(headers: readonly string[]): number {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length !== 10 || name.toLowerCase() !== 'keep-alive') continue
    const seconds = /(?:^|[,;\s])timeout\s*=\s*(\d{1,9})/i.exec(headers[index + 1] ?? '')?.[1]
    if (seconds !== undefined) return Math.min(Number(seconds) * 1000 - idleMarginMs, longestIdleMs)
  }
  return idleMs
}
