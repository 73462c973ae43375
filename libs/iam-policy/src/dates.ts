// Reads dates as `Date…` conditions write them: W3C's profiles of ISO 8601, or seconds since 1970.

const w3c = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/

/** Reads a date as milliseconds since 1970; undefined when it is none. Four digits are a year. */
export function parseDate(text: string): number | undefined {
  const match = w3c.exec(text)
  if (match === null) return /^-?\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) * 1_000 : undefined
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '0', zone = 'Z'] =
    match
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zone}`)
  return Number.isNaN(time) ? undefined : time
}
