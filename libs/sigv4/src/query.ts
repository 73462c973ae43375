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

/** Which parameters of a query are left out, and how its plus signs are read. */
export interface QueryReading {
  /** Names, as they are encoded canonically, that the signature does not cover. */
  readonly omit: readonly string[]
  /** Forms of browsers write a blank as `+`; signers mean a plus sign. */
  readonly plusIsSpace: boolean
}

/** The canonical query: strictly encoded pairs, sorted by name, then by value. */
export function canonicalQuery(query: string, reading: QueryReading): string {
  if (query === '') return ''
  let text = ''
  for (const { name, value } of sorted(readPairs(query, reading))) text += `${text === '' ? '' : '&'}${name}=${value}`
  return text
}

interface Pair {
  readonly name: string
  readonly value: string
}

const unreservedPairs = /^[A-Za-z0-9\-._~=&]*$/

function readPairs(query: string, { omit, plusIsSpace }: QueryReading): Pair[] {
  const isUnreserved = unreservedPairs.test(query)
  const pairs: Pair[] = []
  let equals = -1
  for (let start = 0, end = 0; start < query.length; start = end + 1) {
    end = indexOrEnd(query, '&', start)
    if (end === start) continue
    if (equals < start) equals = indexOrEnd(query, '=', start)
    const nameEnd = Math.min(equals, end)
    const name = query.slice(start, nameEnd)
    const value = query.slice(nameEnd + 1, end)
    const isStrict = isUnreserved && !value.includes('=')
    const pair = isStrict
      ? { name, value }
      : { name: percentCanonicalise(name, plusIsSpace), value: percentCanonicalise(value, plusIsSpace) }
    if (!omit.includes(pair.name)) pairs.push(pair)
  }
  return pairs
}

function indexOrEnd(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from)
  return index < 0 ? text.length : index
}

/** Up to here inserting each at its place is faster than the built-in sort, by far. */
const fewPairs = 16

function sorted(pairs: Pair[]): readonly Pair[] {
  if (pairs.length > fewPairs) return pairs.sort(byNameThenValue)
  for (let index = 1; index < pairs.length; index++) {
    const pair = pairs[index] as Pair
    let place = index
    for (; place > 0 && byNameThenValue(pair, pairs[place - 1] as Pair) < 0; place--) {
      pairs[place] = pairs[place - 1] as Pair
    }
    pairs[place] = pair
  }
  return pairs
}

// Not `localeCompare`: the order is that of bytes.
function byNameThenValue(one: Pair, other: Pair): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1
  if (one.value === other.value) return 0
  return one.value < other.value ? -1 : 1
}
