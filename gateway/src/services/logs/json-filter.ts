// JSON filters: `{ ($.status >= 500 || $.error NOT EXISTS) && $.items[0].name = "a*" }`.
import {
  compareWith,
  invalidPattern,
  readConditions,
  readOperator,
  tokensOf,
  TokenReader,
  type Condition,
  type MessageFilter,
} from './filter-condition.ts'

const selector = /^\$((?:\.[^.[\]\s]+|\[(?:\d{1,9}|\*)\])+)$/

/** Throws InvalidParameterException for a pattern that cannot be read. */
export function compileJsonFilter(text: string): MessageFilter {
  if (!text.endsWith('}')) throw invalidPattern('the closing brace is missing')
  const reader = new TokenReader(tokensOf(text.slice(1, -1)))
  const condition = readConditions(reader, readJsonCondition)
  if (!reader.isAtEnd) throw invalidPattern(`unexpected "${reader.take().text}"`)
  return (message) => {
    const document = parse(message)
    return document !== undefined && condition(document.value)
  }
}

function readJsonCondition(reader: TokenReader): Condition<unknown> {
  const select = readSelector(reader.take().text)
  const next = reader.peek()
  if (next?.kind === 'word') {
    const test = readWords(reader)
    return (document) => test(select(document))
  }
  const compare = compareWith(readOperator(reader), reader.take())
  return (document) => select(document).some((value) => isScalar(value) && compare(String(value)))
}

/** `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`. */
function readWords(reader: TokenReader): (values: readonly unknown[]) => boolean {
  const words = `${reader.take().text} ${reader.take().text}`.toUpperCase()
  if (words === 'NOT EXISTS') return (values) => values.length === 0
  const wanted = { 'IS NULL': null, 'IS TRUE': true, 'IS FALSE': false }
  if (!Object.hasOwn(wanted, words)) throw invalidPattern(`"${words}" is no condition`)
  const value = wanted[words as keyof typeof wanted]
  return (values) => values.includes(value)
}

/** Every value that a selector finds; a `*` finds many. */
function readSelector(text: string): (document: unknown) => readonly unknown[] {
  const path = selector.exec(text)?.[1]
  if (path === undefined) throw invalidPattern(`"${text}" is no selector`)
  const parts = [...path.matchAll(/\.([^.[\]]+)|\[(\d+|\*)\]/g)].map(([, name, index]) => ({ name, index }))
  return (document) => {
    let found: readonly unknown[] = [document]
    for (const { name, index } of parts) {
      found = found.flatMap((value) => (name === undefined ? elements(value, index ?? '*') : members(value, name)))
    }
    return found
  }
}

function members(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (name === '*') return Object.values(value)
  return Object.hasOwn(value, name) ? [(value as Record<string, unknown>)[name]] : []
}

function elements(value: unknown, index: string): readonly unknown[] {
  if (!Array.isArray(value)) return []
  if (index === '*') return value
  return Number(index) < value.length ? [value[Number(index)]] : []
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function parse(message: string): { readonly value: unknown } | undefined {
  if (!message.trimStart().startsWith('{')) return undefined
  try {
    return { value: JSON.parse(message) }
  } catch {
    return undefined
  }
}
