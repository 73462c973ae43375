// Column filters: `[ip, user, ..., status=4*, bytes > 1000]` over the blank-separated columns of a message.
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

/** A column: text in brackets or quotes is one, without them. */
const column = /\[([^\]]*)\]|"((?:[^"\\]|\\[^])*)"|(\S+)/g
const ellipsis = '...'

type Column = Condition<string> | typeof ellipsis

/** Throws InvalidParameterException for a pattern that cannot be read. */
export function compileColumns(text: string): MessageFilter {
  if (!text.endsWith(']')) throw invalidPattern('the closing bracket is missing')
  const columns = splitColumns(text.slice(1, -1)).map(readColumn)
  const gap = columns.indexOf(ellipsis)
  if (gap !== columns.lastIndexOf(ellipsis)) throw invalidPattern('there can be one "..." only')
  const before = columns.slice(0, gap < 0 ? columns.length : gap).filter((each) => each !== ellipsis)
  const after = gap < 0 ? [] : columns.slice(gap + 1).filter((each) => each !== ellipsis)
  return (message) => {
    const values = [...message.matchAll(column)].map(
      ([, bracketed, quoted, plain]) => bracketed ?? quoted ?? plain ?? '',
    )
    const fits = gap < 0 ? values.length === before.length : values.length >= before.length + after.length
    if (!fits) return false
    const tail = values.slice(values.length - after.length)
    return (
      before.every((test, index) => test(values[index] ?? '')) && after.every((test, index) => test(tail[index] ?? ''))
    )
  }
}

/** Splits at the commas outside of quotes and regular expressions. */
function splitColumns(text: string): string[] {
  const parts: string[] = ['']
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\[^])*"|%[^%]*%|[^]/g)) {
    if (piece === ',') parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts.map((part) => part.trim())
}

function readColumn(text: string): Column {
  if (text === ellipsis) return ellipsis
  if (/^[A-Za-z_][\w.-]*$/.test(text)) return () => true
  const reader = new TokenReader(tokensOf(text))
  let name: string | undefined
  const condition = readConditions<string>(reader, (tokens) => {
    const { kind, text: given } = tokens.take()
    name ??= given
    if (kind !== 'word' || given !== name) throw invalidPattern(`"${given}" is not the name of this column`)
    return compareWith(readOperator(tokens), tokens.take())
  })
  if (!reader.isAtEnd) throw invalidPattern(`unexpected "${reader.take().text}"`)
  return condition
}
