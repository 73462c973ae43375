// CBOR (RFC 8949) as Smithy's RPC v2 uses it: plain objects, arrays, numbers, text, bytes, and tag 1 for timestamps.
import { Unreadable } from '../fault.ts'
import { utf8Bytes, utf8Text } from '../wire.ts'

/** A value under tag 1: seconds since the epoch. */
export class EpochSeconds {
  readonly seconds: number

  constructor(seconds: number) {
    this.seconds = seconds
  }
}

const breakCode = Symbol('break')

/** Decodes one value that fills all the bytes; throws `Unreadable` otherwise, and beyond `depth` collections within each other. */
export function decodeCbor(bytes: Uint8Array, depth: number): unknown {
  const reader = new Reader(bytes)
  const value = reader.value(depth)
  if (value === breakCode || !reader.atEnd) throw broken()
  return value
}

function broken(): Unreadable {
  return new Unreadable('Unable to parse the request body as CBOR.')
}

class Reader {
  private at = 0
  private readonly bytes: Uint8Array
  private readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length
  }

  value(depth: number): unknown {
    const head = this.take(1)[0] ?? 0
    const info = head & 31
    switch (head >> 5) {
      case 0:
        return this.argument(info)
      case 1:
        return -1 - this.argument(info)
      case 2:
        return this.string(info, 2)
      case 3:
        return text(this.string(info, 3))
      case 4:
        return this.list(info, deeper(depth))
      case 5:
        return this.map(info, deeper(depth))
      case 6:
        return tagged(this.argument(info), this.value(deeper(depth)))
      default:
        return this.simple(info)
    }
  }

  private take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw broken()
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  private argument(info: number): number {
    if (info < 24) return info
    const start = this.at
    this.take(widthOf(info))
    if (info === 24) return this.view.getUint8(start)
    if (info === 25) return this.view.getUint16(start)
    if (info === 26) return this.view.getUint32(start)
    return Number(this.view.getBigUint64(start))
  }

  private string(info: number, major: number): Uint8Array {
    if (info !== 31) return this.take(this.argument(info)).slice()
    const parts: Uint8Array[] = []
    for (;;) {
      const head = this.take(1)[0] ?? 0
      if (head === 0xff) return new Uint8Array(Buffer.concat(parts))
      if (head >> 5 !== major || (head & 31) === 31) throw broken()
      parts.push(this.take(this.argument(head & 31)))
    }
  }

  private list(info: number, depth: number): unknown[] {
    const length = this.length(info)
    const list: unknown[] = []
    while (list.length < length) {
      const value = this.value(depth)
      if (value === breakCode) {
        if (info !== 31) throw broken()
        break
      }
      list.push(value)
    }
    return list
  }

  private map(info: number, depth: number): Record<string, unknown> {
    const length = this.length(info)
    const map = Object.create(null) as Record<string, unknown>
    for (let count = 0; count < length; count += 1) {
      const key = this.value(depth)
      if (key === breakCode && info === 31) break
      const value = this.value(depth)
      if (typeof key !== 'string' || value === breakCode) throw broken()
      map[key] = value
    }
    return map
  }

  /** The number of entries that a collection announces. More than the remaining bytes is refused, so a false number costs nothing. */
  private length(info: number): number {
    if (info === 31) return Number.POSITIVE_INFINITY
    const length = this.argument(info)
    if (length > this.bytes.length - this.at) throw broken()
    return length
  }

  private simple(info: number): unknown {
    if (info === 31) return breakCode
    if (info === 20 || info === 21) return info === 21
    if (info === 22 || info === 23) return null
    const start = this.at
    if (info < 25 || info > 27) throw broken()
    this.take(widthOf(info))
    if (info === 25) return halfFloat(this.view.getUint16(start))
    return info === 26 ? this.view.getFloat32(start) : this.view.getFloat64(start)
  }
}

function widthOf(info: number): number {
  if (info > 27) throw broken()
  return 2 ** (info - 24)
}

function deeper(depth: number): number {
  if (depth === 0) throw new Unreadable('The request body is nested too deeply.')
  return depth - 1
}

function text(bytes: Uint8Array): string {
  try {
    return utf8Text(bytes)
  } catch {
    throw broken()
  }
}

/** Tags 2 and 3 are big integers; a tag that means nothing here is dropped, as the RFC allows. */
function tagged(tag: number, value: unknown): unknown {
  if (value === breakCode) throw broken()
  if (tag === 1 && typeof value === 'number') return new EpochSeconds(value)
  if ((tag === 2 || tag === 3) && value instanceof Uint8Array) {
    const magnitude = Number(`0x${Buffer.from(value).toString('hex') || '0'}`)
    return tag === 2 ? magnitude : -1 - magnitude
  }
  return value
}

function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits >> 15 ? -1 : 1
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
}

/** Encodes with definite lengths and the shortest heads; `undefined` entries of objects are left out. */
export function encodeCbor(value: unknown): Uint8Array {
  const parts: Uint8Array[] = []
  write(value, parts)
  return new Uint8Array(Buffer.concat(parts))
}

function write(value: unknown, parts: Uint8Array[]): void {
  if (typeof value === 'number') writeNumber(value, parts)
  else if (typeof value === 'string') {
    const bytes = utf8Bytes(value)
    parts.push(head(3, bytes.length), bytes)
  } else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xf5 : 0xf4))
  else if (value instanceof Uint8Array) parts.push(head(2, value.length), value)
  else if (value instanceof EpochSeconds) {
    parts.push(head(6, 1))
    writeNumber(value.seconds, parts)
  } else if (Array.isArray(value)) {
    parts.push(head(4, value.length))
    for (const element of value) write(element, parts)
  } else if (typeof value === 'object' && value !== null) writeMap(value, parts)
  else parts.push(Uint8Array.of(0xf6))
}

function writeMap(value: object, parts: Uint8Array[]): void {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  parts.push(head(5, entries.length))
  for (const [key, entry] of entries) {
    write(key, parts)
    write(entry, parts)
  }
}

function writeNumber(value: number, parts: Uint8Array[]): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    parts.push(value < 0 ? head(1, -1 - value) : head(0, value))
    return
  }
  const bytes = new Uint8Array(9)
  bytes[0] = 0xfb
  new DataView(bytes.buffer).setFloat64(1, value)
  parts.push(bytes)
}

function head(major: number, argument: number): Uint8Array {
  const top = major << 5
  if (argument < 24) return Uint8Array.of(top | argument)
  if (argument < 0x100) return Uint8Array.of(top | 24, argument)
  if (argument < 0x1_0000) return Uint8Array.of(top | 25, argument >> 8, argument & 255)
  const bytes = new Uint8Array(argument < 0x1_0000_0000 ? 5 : 9)
  const view = new DataView(bytes.buffer)
  bytes[0] = top | (bytes.length === 5 ? 26 : 27)
  if (bytes.length === 5) view.setUint32(1, argument)
  else view.setBigUint64(1, BigInt(argument))
  return bytes
}
