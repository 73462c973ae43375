// Reads and writes timestamps: epoch seconds in memory (fractions are milliseconds), three forms on the wire.
import { Unreadable } from './fault.ts'
import type { TimestampFormat } from './model.ts'

const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/
const rfc822 = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const decimal = /^-?\d+(?:\.\d+)?$/

/** The farthest moment a JavaScript date can name, in seconds. */
const farthest = 8_640_000_000_000

/** Reads any of the three forms, whichever the model prefers: clients differ. Throws `Unreadable`. */
export function parseTimestamp(text: string): number {
  const seconds = iso8601.test(text) || rfc822.test(text) ? Date.parse(text) / 1000 : parseDecimal(text)
  return checkTimestamp(seconds, text)
}

/** `seconds` when a date can name it; throws `Unreadable` otherwise. */
export function checkTimestamp(seconds: number, shown: unknown): number {
  // AWS: the sentence is Coral's for a value that is no date; which value it names is not recorded (?).
  if (!(Math.abs(seconds) <= farthest))
    throw new Unreadable(`${String(shown)} can not be converted to milliseconds since epoch`)
  return seconds
}

function parseDecimal(text: string): number {
  return decimal.test(text) ? Number(text) : Number.NaN
}

/** `2020-04-21T15:08:21Z`, with milliseconds only where there are any. Throws a `RangeError` on what no date can name. */
export function writeTimestampText(seconds: number, format: TimestampFormat): string {
  if (format === 'unixTimestamp') return String(roundToMilliseconds(seconds))
  const date = new Date(Math.round(seconds * 1000))
  return format === 'rfc822' ? date.toUTCString() : date.toISOString().replace('.000Z', 'Z')
}

/** Epoch seconds with at most three decimals, as JSON and CBOR carry them. */
export function roundToMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
