// Header lists as they are on the wire: names and values in turn, order, case and repeats kept.

/** `[name, value, name, value, …]`, node's rawHeaders form. */
export type HeaderList = readonly string[]

/** The last value of a header, its name compared without case (`name` in lower case). */
export function lastHeader(headers: HeaderList, name: string): string | undefined {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    const candidate = headers[index] ?? ''
    if (candidate.length === name.length && candidate.toLowerCase() === name) return headers[index + 1]
  }
  return undefined
}

/** All values of a header, in order, its name compared without case (`name` in lower case). */
export function headerValues(headers: HeaderList, name: string): string[] {
  const values: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const candidate = headers[index] ?? ''
    if (candidate.length === name.length && candidate.toLowerCase() === name) values.push(headers[index + 1] ?? '')
  }
  return values
}

/** How many bytes the header lines take on the wire: `name: value\r\n` each. */
export function headerBytes(headers: HeaderList): number {
  let bytes = 0
  for (const part of headers) bytes += part.length
  return bytes + (headers.length / 2) * 4
}
