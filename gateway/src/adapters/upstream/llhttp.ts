// Node's own HTTP parser, llhttp, as the WebAssembly that undici carries: loaded at the first call to a backend.
import { createRequire } from 'node:module'

/** What llhttp tells while it parses. Positions are addresses in its memory. Anything but 0 stops it with an error. */
export interface ParserEvents {
  onMessageBegin(): number
  onHeaderField(at: number, length: number): number
  onHeaderValue(at: number, length: number): number
  onHeadersComplete(status: number): number
  onBody(at: number, length: number): number
  onMessageComplete(): number
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly _initialize: () => void
  readonly malloc: (bytes: number) => number
  readonly llhttp_alloc: (type: number) => number
  readonly llhttp_free: (parser: number) => void
  readonly llhttp_reset: (parser: number) => void
  readonly llhttp_should_keep_alive: (parser: number) => number
  readonly llhttp_execute: (parser: number, at: number, length: number) => number
  readonly llhttp_finish: (parser: number) => number
}

/** Of all JavaScript engines' globals, the part used here: Node's types leave it to the browser's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

const responseType = 2
const ok = 0

/** A read of a socket is never longer; what is gets parsed in parts. */
export const longestReadBytes = 65_536

/** From the package's files: the version in package.json is exact, because these are not its public interface. */
const wasmFile = 'undici/lib/llhttp/llhttp_simd-wasm.js'

export class Llhttp {
  private readonly exports: Exports
  private readonly input: number
  private memory: Uint8Array
  /** Whose bytes are being parsed: the module has one set of callbacks for all its parsers. */
  private current: ParserEvents | undefined

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmBytes()), { env: this.callbacks() })
    this.exports = exports as Exports
    this.exports._initialize()
    this.input = this.exports.malloc(longestReadBytes)
    this.memory = new Uint8Array(this.exports.memory.buffer)
  }

  open(): number {
    return this.exports.llhttp_alloc(responseType)
  }

  free(parser: number): void {
    this.exports.llhttp_free(parser)
  }

  /** Ready for another answer, whatever came before. */
  reset(parser: number): void {
    this.exports.llhttp_reset(parser)
  }

  /** At most `longestReadBytes`. False when they are not HTTP or an event stopped it. Positions start at `inputAt`. */
  execute(parser: number, chunk: Uint8Array, events: ParserEvents): boolean {
    // The memory moves when it grows, which another parser's allocation may have caused.
    if (this.memory.buffer !== this.exports.memory.buffer) this.memory = new Uint8Array(this.exports.memory.buffer)
    this.memory.set(chunk, this.input)
    this.current = events
    try {
      return this.exports.llhttp_execute(parser, this.input, chunk.length) === ok
    } finally {
      this.current = undefined
    }
  }

  /** The other side has ended: true where the answer was complete or ends so. */
  finish(parser: number, events: ParserEvents): boolean {
    this.current = events
    try {
      return this.exports.llhttp_finish(parser) === ok
    } finally {
      this.current = undefined
    }
  }

  /** Whether another answer may follow the one whose head is complete. */
  shouldKeepAlive(parser: number): boolean {
    return this.exports.llhttp_should_keep_alive(parser) === 1
  }

  get inputAt(): number {
    return this.input
  }

  private callbacks(): Record<string, (...values: number[]) => number> {
    const stop = -1
    const on =
      (tell: (events: ParserEvents, first: number, second: number) => number) =>
      (_parser = 0, first = 0, second = 0): number =>
        this.current === undefined ? stop : tell(this.current, first, second)
    return {
      wasm_on_url: () => ok,
      wasm_on_status: () => ok,
      wasm_on_message_begin: on((events) => events.onMessageBegin()),
      wasm_on_header_field: on((events, at, length) => events.onHeaderField(at, length)),
      wasm_on_header_value: on((events, at, length) => events.onHeaderValue(at, length)),
      wasm_on_headers_complete: on((events, status) => events.onHeadersComplete(status)),
      wasm_on_body: on((events, at, length) => events.onBody(at, length)),
      wasm_on_message_complete: on((events) => events.onMessageComplete()),
    }
  }
}

function wasmBytes(): Uint8Array<ArrayBuffer> {
  return createRequire(import.meta.url)(wasmFile) as Uint8Array<ArrayBuffer>
}

let loaded: Llhttp | undefined

/** The one of this thread. */
export function llhttp(): Llhttp {
  return (loaded ??= new Llhttp())
}
