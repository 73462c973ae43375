// Access log formats: `$context` variables in plain text, compiled once into a function that writes one line a request.
import { variablesIn } from '../../nouns/log-variables.ts'

/** Reads one variable; undefined, null and '' are written as `-`. */
export type LogReader<Told> = (outcome: Told) => string | number | null | undefined

/** Variables by their name without `$context.`; undefined for a name that is none. */
export type LogVariables<Told> = (name: string) => LogReader<Told> | undefined

/** The one variable that brings its quotes and escapes along. */
const quotedName = 'error.messageString'

/** Never throws: an unknown variable is `-`. Formats are refused when they are set. Security F.7. */
export function compileLogFormat<Told>(format: string, variables: LogVariables<Told>): (outcome: Told) => string {
  const line = format.replace(/\n$/, '')
  const pieces: ((outcome: Told) => string)[] = []
  let end = 0
  for (const { name, start, end: behind } of variablesIn(line, (each) => variables(each) !== undefined)) {
    pieces.push(piece(line.slice(end, start), name, variables(name)))
    end = behind
  }
  const tail = line.slice(end)
  return (outcome) => {
    let text = ''
    for (const write of pieces) text += write(outcome)
    return text + tail
  }
}

/** A variable's value behind the text that stands before it. */
function piece<Told>(before: string, name: string, read: LogReader<Told> | undefined): (outcome: Told) => string {
  if (read === undefined) return () => `${before}-`
  if (name === quotedName) return (outcome) => `${before}${String(read(outcome) ?? '-')}`
  // Most values are those of the request before: its time, its stage, its route, its status.
  let last: string | number | null | undefined
  let lastText = `${before}-`
  return (outcome) => {
    const value = read(outcome)
    if (value === last) return lastText
    last = value
    lastText = before + textOf(value)
    return lastText
  }
}

function textOf(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value)
  return value === undefined || value === null || value === '' ? '-' : escaped(value)
}

// oxlint-disable-next-line no-control-regex -- control characters are what must not reach a log
const special = /["\\\u0000-\u001f\u007f\u0085\u2028\u2029]/
// oxlint-disable-next-line no-control-regex -- as above
const specials = /["\\\u0000-\u001f\u007f\u0085\u2028\u2029]/g

/**
 * A client's value can neither end a line nor a quoted text. AWS escapes the quote; the backslash is escaped too, since
 * `\"` would otherwise come out as an escaped backslash and a quote that ends the text.
 */
export function escaped(value: string): string {
  return special.test(value) ? value.replace(specials, escape) : value
}

function escape(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
