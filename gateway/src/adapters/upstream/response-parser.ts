// The answers of one connection: bytes in, heads and bodies out, in the framing that HTTP/1.1 gives them (RFC 9112, 6).
import { longestReadBytes, type Llhttp, type ParserEvents } from './llhttp.ts'

/** What an answer consists of, in this order. Interim answers (1xx) are not told. */
export interface AnswerEvents {
  onHead(status: number, headers: string[]): void
  /** A view of the bytes that were read, valid during the call. */
  onBody(bytes: Buffer): void
  /** Whether another answer may follow on the connection. */
  onComplete(shouldKeepAlive: boolean): void
}

/** Names and values of an answer's head, together; node's own limit. */
const headerBytes = 16_384
/** Heads are shorter than this as a rule, and then decoded in one go. */
const usualHeadBytes = 2048

const proceed = 0
const withoutBody = 1
const stop = -1
const nothing = Buffer.alloc(0)

export class ResponseParser implements ParserEvents {
  private readonly engine: Llhttp
  private readonly parser: number
  private readonly events: AnswerEvents
  private isExpecting = false
  private isHead = false
  private isHeadDone = false
  private headers: string[] = []
  private headerLength = 0
  /** Bytes of the body that are still to come where its length is known; they do not pass through the parser. */
  private bodyLeft = -1
  private source: Buffer = nothing
  /** What the read under way brought of a body, where its length is not known. */
  private readonly bodyParts: Buffer[] = []
  private headText: string | undefined

  constructor(engine: Llhttp, events: AnswerEvents) {
    this.engine = engine
    this.parser = engine.open()
    this.events = events
  }

  /** One answer is due from now on. One that nobody waits for is an error. */
  expect(method: string): void {
    this.isExpecting = true
    this.isHead = method === 'HEAD'
    this.startAnswer()
  }

  /** False when the bytes are not an answer that is due: the connection cannot be used on. */
  read(chunk: Buffer): boolean {
    for (let from = 0; from < chunk.length; from += longestReadBytes) {
      const part = chunk.length <= longestReadBytes ? chunk : chunk.subarray(from, from + longestReadBytes)
      if (!(this.isHeadDone && this.bodyLeft > 0 ? this.readBody(part) : this.execute(part))) return false
    }
    return true
  }

  /** The backend has ended its side: false when that cuts an answer off. */
  finish(): boolean {
    if (!this.isExpecting) return true
    if (this.bodyLeft > 0) return false
    this.engine.finish(this.parser, this)
    return !this.isExpecting
  }

  free(): void {
    this.engine.free(this.parser)
  }

  onMessageBegin(): number {
    return this.isExpecting ? proceed : stop
  }

  onHeaderField(at: number, length: number): number {
    const { headers } = this
    // Fields behind the body are trailers, which nobody reads.
    if (this.isHeadDone) return proceed
    const text = this.text(at, length)
    if (headers.length % 2 === 0) headers.push(text)
    else headers[headers.length - 1] += text
    return this.count(length)
  }

  onHeaderValue(at: number, length: number): number {
    const { headers } = this
    if (this.isHeadDone) return proceed
    const text = this.text(at, length)
    if (headers.length % 2 === 1) headers.push(text)
    else headers[headers.length - 1] += text
    return this.count(length)
  }

  onHeadersComplete(status: number): number {
    // Nobody asked for another protocol.
    if (status === 101) return stop
    if (status < 200) return proceed
    const { headers } = this
    for (let index = 1; index < headers.length; index += 2) headers[index] = withoutTrailingSpace(headers[index] ?? '')
    this.isHeadDone = true
    const hasNoBody = this.isHead || status === 204 || status === 304
    this.bodyLeft = hasNoBody ? -1 : knownLength(headers)
    this.events.onHead(status, headers)
    return this.isHead ? withoutBody : proceed
  }

  onBody(at: number, length: number): number {
    const start = at - this.engine.inputAt
    if (this.bodyLeft > 0) this.bodyLeft -= length
    this.bodyParts.push(this.source.subarray(start, start + length))
    return proceed
  }

  onMessageComplete(): number {
    // After an interim answer the real one follows.
    if (this.isHeadDone) this.complete(this.engine.shouldKeepAlive(this.parser))
    else this.startAnswer()
    return proceed
  }

  private execute(chunk: Buffer): boolean {
    this.source = chunk
    this.headText = undefined
    const isValid = this.engine.execute(this.parser, chunk, this)
    this.source = nothing
    this.tellBody()
    return isValid
  }

  /** What one read brought of a body is told at once: chunks of a byte each would take a hundred times their size. */
  private tellBody(): void {
    const { bodyParts } = this
    const [first] = bodyParts
    if (first === undefined) return
    const bytes = bodyParts.length === 1 ? first : Buffer.concat(bodyParts)
    bodyParts.length = 0
    this.events.onBody(bytes)
  }

  private readBody(chunk: Buffer): boolean {
    if (chunk.length < this.bodyLeft) {
      this.bodyLeft -= chunk.length
      this.events.onBody(chunk)
      return true
    }
    const body = chunk.subarray(0, this.bodyLeft)
    this.bodyLeft = -1
    const shouldKeepAlive = this.engine.shouldKeepAlive(this.parser)
    this.engine.reset(this.parser)
    this.events.onBody(body)
    this.complete(shouldKeepAlive)
    return body.length === chunk.length
  }

  private complete(shouldKeepAlive: boolean): void {
    this.tellBody()
    this.isExpecting = false
    this.events.onComplete(shouldKeepAlive)
  }

  private startAnswer(): void {
    this.isHeadDone = false
    this.headers = []
    this.headerLength = 0
    this.bodyLeft = -1
  }

  private count(length: number): number {
    this.headerLength += length
    return this.headerLength > headerBytes ? stop : proceed
  }

  private text(at: number, length: number): string {
    const start = at - this.engine.inputAt
    const end = start + length
    if (end > usualHeadBytes) return this.source.toString('latin1', start, end)
    this.headText ??= this.source.toString('latin1', 0, usualHeadBytes)
    return this.headText.slice(start, end)
  }
}

/** The parser leaves the space behind a value, which is no part of it (RFC 9112, 5). */
function withoutTrailingSpace(value: string): string {
  let end = value.length
  while (end > 0 && (value.charCodeAt(end - 1) === 0x20 || value.charCodeAt(end - 1) === 0x09)) end--
  return end === value.length ? value : value.slice(0, end)
}

/** Content-Length, which the parser has found to be one valid number; -1 where chunks or the connection's end decide. */
function knownLength(headers: string[]): number {
  let length = -1
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = Number(headers[index + 1])
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return -1
  }
  return Number.isSafeInteger(length) ? length : -1
}
