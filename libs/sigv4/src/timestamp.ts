// Reads and writes the two forms in which a request can state its time: ISO 8601's basic format and HTTP's date.

const basicFormat = /^\d{8}T\d{6}Z$/

/** Milliseconds as `20250115T120000Z`. */
export function formatTimestamp(timeMs: number): string {
  const iso = new Date(timeMs).toISOString()
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
}

/** The last timestamp read: most requests that come together were signed in the same second. */
let last: { readonly text: string; readonly timeMs: number | undefined } = { text: '', timeMs: undefined }

/** Reads `20250115T120000Z` as milliseconds; undefined for anything else, an impossible date included. */
export function parseTimestamp(text: string): number | undefined {
  if (text === last.text) return last.timeMs
  if (!basicFormat.test(text)) return undefined
  last = { text, timeMs: readTimestamp(text) }
  return last.timeMs
}

function readTimestamp(text: string): number | undefined {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 4, 6), digits(text, 6, 8)]
  const [hour, minute, second] = [digits(text, 9, 11), digits(text, 11, 13), digits(text, 13, 15)]
  // Date.UTC carries what is too large over: a 30th of February would be another day of another month.
  const isReal = day >= 1 && day <= daysOf(year, month) && hour < 24 && minute < 60 && second < 60
  return isReal ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined
}

/** The days of a month that is counted from 1; none for a month that is not. */
function daysOf(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29
  return daysOfMonths[month - 1] ?? 0
}

const daysOfMonths: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The number that the characters from `start` to before `end` write. */
function digits(text: string, start: number, end: number): number {
  let number = 0
  for (let index = start; index < end; index++) number = number * 10 + text.charCodeAt(index) - 48
  return number
}

/** Reads the value of a `Date` header, in either format, as milliseconds. */
export function parseDateHeader(text: string): number | undefined {
  if (basicFormat.test(text)) return parseTimestamp(text)
  if (!/^[A-Z][a-z]{2,8}, .* GMT$/.test(text)) return undefined
  const timeMs = Date.parse(text)
  return Number.isNaN(timeMs) ? undefined : timeMs
}
