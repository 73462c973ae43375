// The two ways a request can state its time: ISO 8601's basic format and HTTP's date.

const basicFormat = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/

/** Milliseconds as `20250115T120000Z`. */
export function formatTimestamp(timeMs: number): string {
  const iso = new Date(timeMs).toISOString()
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
}

/** Reads `20250115T120000Z` as milliseconds; undefined for anything else, an impossible date included. */
export function parseTimestamp(text: string): number | undefined {
  const match = basicFormat.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Date.UTC carries what is too large over: a 30th of February has become another day of another month.
  const isReal = time.getUTCMonth() === month - 1 && time.getUTCDate() === day
  return isReal && hour < 24 && minute < 60 && second < 60 ? time.getTime() : undefined
}

/** Reads the value of a `Date` header, in either format, as milliseconds. */
export function parseDateHeader(text: string): number | undefined {
  if (basicFormat.test(text)) return parseTimestamp(text)
  if (!/^[A-Z][a-z]{2,8}, .* GMT$/.test(text)) return undefined
  const timeMs = Date.parse(text)
  return Number.isNaN(timeMs) ? undefined : timeMs
}
