// Scalars as text: in paths, query strings, headers, form bodies and XML.
import { Unreadable } from './fault.ts'
import type { TimestampFormat } from './model.ts'
import { parseTimestamp, writeTimestampText } from './timestamp.ts'
import type { ScalarType, Type } from './type.ts'
import { utf8Bytes, utf8Text } from './wire.ts'

const integer = /^[+-]?\d{1,19}$/
const float = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?Infinity|NaN)$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/

/** Reads a scalar; throws `Unreadable` when the text is none of that type, or when the type is no scalar. */
export function readScalarText(type: Type, text: string): unknown {
  switch (type.kind) {
    case 'string':
      return text
    case 'integer':
    case 'long':
      return readNumber(text, integer, type.kind)
    case 'float':
    case 'double':
      return readNumber(text, float, type.kind)
    case 'boolean':
      return readBoolean(text)
    case 'timestamp':
      return parseTimestamp(text)
    case 'blob':
      return readBase64(text)
    case 'document':
      return readDocument(text)
    default:
      throw new Unreadable('Start of structure or map found where not expected.')
  }
}

function readNumber(text: string, grammar: RegExp, kind: 'integer' | 'long' | 'float' | 'double'): number {
  if (grammar.test(text)) return Number(text)
  throw new Unreadable(`class java.lang.String can not be converted to an ${javaName(kind)}`)
}

function readBoolean(text: string): boolean {
  const lower = text.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower === 'true'
  throw new Unreadable('class java.lang.String can not be converted to an Boolean')
}

function readDocument(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unreadable('The document is not valid JSON.')
  }
}

/** Throws `Unreadable` on anything but base64. */
export function readBase64(text: string): Uint8Array {
  // AWS: the sentence is not recorded (?).
  if (!base64.test(text)) throw new Unreadable('class java.lang.String can not be converted to an Blob')
  return new Uint8Array(Buffer.from(text, 'base64'))
}

export function writeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** A scalar as text; timestamps in `format`, documents as JSON. */
export function writeScalarText(type: Type, value: unknown, format: TimestampFormat): string {
  if (type.kind === 'timestamp') return writeTimestampText(value as number, type.timestampFormat ?? format)
  if (type.kind === 'blob') return writeBase64(value as Uint8Array)
  if (type.kind === 'document') return JSON.stringify(value)
  return String(value)
}

/** Java's class for a type: serialization faults speak of it. */
export function javaName(kind: ScalarType['kind']): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1)
}

/** A raw payload's bytes: blobs as they are, strings in UTF-8. */
export function payloadBytes(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? utf8Bytes(value) : value
}

/** The text of a raw payload; throws `Unreadable` when it is not UTF-8. */
export function payloadText(bytes: Uint8Array): string {
  try {
    return utf8Text(bytes)
  } catch {
    throw new Unreadable('The request body is not UTF-8 text.')
  }
}
