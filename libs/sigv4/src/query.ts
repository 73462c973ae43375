// Reading a raw query, and writing it the way a signature covers it.
import { percentCanonicalise, percentDecode } from './percent-encoding.ts'

/** The decoded value of the first parameter with this exact name, or undefined. */
export function queryValue(query: string, name: string): string | undefined {
  if (!query.includes(name)) return undefined
  for (const piece of query.split('&')) {
    if (piece === name) return ''
    if (piece.startsWith(name) && piece[name.length] === '=') return percentDecode(piece.slice(name.length + 1))
  }
  return undefined
}

/** What of a query is left out, and how its plus signs are read. */
export interface QueryReading {
  /** Names, as they are encoded canonically, that the signature does not cover. */
  readonly omit: readonly string[]
  /** Forms of browsers write a blank as `+`; signers mean a plus sign. */
  readonly plusIsSpace: boolean
}

/** The canonical query: strictly encoded pairs, sorted by name, then by value. */
export function canonicalQuery(query: string, reading: QueryReading): string {
  if (query === '') return ''
  const pairs: Pair[] = []
  for (const piece of query.split('&')) {
    if (piece === '') continue
    const equals = piece.indexOf('=')
    const name = percentCanonicalise(equals < 0 ? piece : piece.slice(0, equals), reading.plusIsSpace)
    if (reading.omit.includes(name)) continue
    pairs.push([name, equals < 0 ? '' : percentCanonicalise(piece.slice(equals + 1), reading.plusIsSpace)])
  }
  if (pairs.length > 1) pairs.sort(byNameThenValue)
  let text = ''
  for (const [name, value] of pairs) text += text === '' ? `${name}=${value}` : `&${name}=${value}`
  return text
}

type Pair = readonly [name: string, value: string]

// Not `localeCompare`: the order is that of bytes.
function byNameThenValue([nameA, valueA]: Pair, [nameB, valueB]: Pair): number {
  if (nameA !== nameB) return nameA < nameB ? -1 : 1
  if (valueA === valueB) return 0
  return valueA < valueB ? -1 : 1
}
