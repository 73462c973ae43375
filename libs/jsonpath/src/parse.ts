// Parses the text of a path into its syntax, as Jayway JsonPath 2 reads it; what only slips through there is refused.
import { expect, nested, peek, skipSpaces, take, takeMatch, unexpected } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { PathFault } from './fault.ts'
import { readLiteral, readText } from './literal.ts'
import { readFilter } from './parse-filter.ts'
import { functionNames } from './syntax.ts'
import type { ParameterSyntax, PathSyntax, StepSyntax } from './syntax.ts'

const maxPathCharacters = 4096
const maxSteps = 128

// Inside parameters a name also ends where an operator or the next parameter may begin.
const outerName = /[^.[ (]+/y
const parameterName = /[^.[ (=<>!~&|,)\]]+/y
// In filters `&&` and `||` end no name: in Jayway, too, a blank must stand before them.
const filterName = /[^.[ (=<>!~,)\]]+/y
const index = /-?\d{1,10}/y

/** The syntax of a path. A path that starts with neither `$` nor `@` is read from the document. @throws PathFault if it is none, or too long */
export function parsePath(text: string): PathSyntax {
  if (text.length > maxPathCharacters) {
    throw new PathFault(`a path has ${maxPathCharacters} characters at most`, maxPathCharacters)
  }
  const cursor: Cursor = { text: text.trimEnd(), position: 0, depth: 0 }
  if (cursor.text === '') throw unexpected(cursor, 'expected a path')
  const path = /^[$@]/.test(cursor.text) ? readPath(cursor, outerName) : readBarePath(cursor)
  if (cursor.position < cursor.text.length) throw unexpected(cursor, "expected '.' or '['")
  return path
}

/** A path without an origin stands behind `$.`, so that one that starts with a dot is a deep scan. */
function readBarePath(cursor: Cursor): PathSyntax {
  const first: StepSyntax[] = take(cursor, '.') ? [{ kind: 'scan' }, readScanned(cursor, outerName)] : []
  if (first.length === 0 && peek(cursor) !== '[') first.push(readName(cursor, outerName))
  return { origin: '$', steps: readSteps(cursor, outerName, first) }
}

function readPath(cursor: Cursor, name: RegExp): PathSyntax {
  const origin = take(cursor, '@') ? '@' : '$'
  if (origin === '$') expect(cursor, '$')
  return { origin, steps: readSteps(cursor, name, []) }
}

const readParameterPath = (cursor: Cursor): PathSyntax => nested(cursor, () => readPath(cursor, parameterName))

function readFilterPath(cursor: Cursor): PathSyntax {
  const path = nested(cursor, () => readPath(cursor, filterName))
  if (/[&|]/.test(peek(cursor))) throw unexpected(cursor, 'expected a blank')
  return path
}

function readSteps(cursor: Cursor, name: RegExp, steps: StepSyntax[]): readonly StepSyntax[] {
  while (true) {
    if (steps.length > maxSteps) throw new PathFault(`a path has ${maxSteps} steps at most`, cursor.position)
    if (take(cursor, '..')) {
      steps.push({ kind: 'scan' }, readScanned(cursor, name))
    } else if (take(cursor, '.')) {
      steps.push(peek(cursor) === '[' ? readBracket(cursor) : readName(cursor, name))
    } else if (peek(cursor) === '[') {
      const start = cursor.position
      steps.push(readBracket(cursor))
      if (name === filterName) refuseBlanks(cursor, start)
    } else {
      return totalled(steps)
    }
  }
}

// Jayway looks for the end of a filter's path in every bracket but the first of several in a row.
function refuseBlanks({ text, position }: Cursor, start: number): void {
  if (text.charAt(start - 1) !== ']' || !/[ <>=~!)]/.test(text.slice(start, position))) return
  throw new PathFault(`the bracket at ${start} follows another and may hold no blanks and operators`, start)
}

function readScanned(cursor: Cursor, name: RegExp): StepSyntax {
  const start = cursor.position
  const step = peek(cursor) === '[' ? readBracket(cursor) : readName(cursor, name)
  if (step.kind === 'function') throw new PathFault(`a function cannot follow '..' at ${start}`, start)
  return step
}

// Jayway turns `$..price.sum()` into `$.sum($..price)`, so that one sum is made of everything found; the length counts parts.
function totalled(steps: readonly StepSyntax[]): readonly StepSyntax[] {
  const last = steps.at(-1)
  if (steps[0]?.kind !== 'scan' || last?.kind !== 'function') return steps
  const counted: StepSyntax[] = last.name === 'length' || last.name === 'size' ? [{ kind: 'wildcard' }] : []
  const path: PathSyntax = { origin: '$', steps: [...steps.slice(0, -1), ...counted] }
  return [{ kind: 'function', name: last.name, parameters: [{ kind: 'path', path }] }]
}

function readName(cursor: Cursor, nameText: RegExp): StepSyntax {
  if (take(cursor, '*')) return { kind: 'wildcard' }
  const start = cursor.position
  const found = takeMatch(cursor, nameText)
  if (found === undefined) throw unexpected(cursor, 'expected a name')
  if (!take(cursor, '(')) return { kind: 'names', names: [found] }
  const name = functionNames.find((known) => known === found)
  if (name === undefined) throw new PathFault(`there is no function '${found}' at ${start}`, start)
  const parameters = readParameters(cursor)
  if (parameters.length > 0 && (name === 'length' || name === 'size')) {
    throw new PathFault(`'${name}' has no parameters at ${start}`, start)
  }
  return { kind: 'function', name, parameters }
}

function readParameters(cursor: Cursor): readonly ParameterSyntax[] {
  const parameters: ParameterSyntax[] = []
  skipSpaces(cursor)
  if (take(cursor, ')')) return parameters
  do {
    skipSpaces(cursor)
    parameters.push(readParameter(cursor))
    skipSpaces(cursor)
  } while (take(cursor, ','))
  expect(cursor, ')')
  return parameters
}

function readParameter(cursor: Cursor): ParameterSyntax {
  const first = peek(cursor)
  if (first === '$' || first === '@') return { kind: 'path', path: readParameterPath(cursor) }
  if (!/["{\d.-]/.test(first))
    throw unexpected(cursor, 'a parameter is a path, a number, a JSON object or a text in double quotes')
  return { kind: 'literal', value: readLiteral(cursor) }
}

function readBracket(cursor: Cursor): StepSyntax {
  expect(cursor, '[')
  skipSpaces(cursor)
  const step = readBracketed(cursor)
  skipSpaces(cursor)
  expect(cursor, ']')
  return step
}

function readBracketed(cursor: Cursor): StepSyntax {
  const first = peek(cursor)
  if (first === "'" || first === '"') return readNames(cursor, first)
  if (take(cursor, '*')) return { kind: 'wildcard' }
  if (!take(cursor, '?')) return readIndices(cursor)
  skipSpaces(cursor)
  expect(cursor, '(')
  const filter = nested(cursor, () => readFilter(cursor, readFilterPath))
  expect(cursor, ')')
  return { kind: 'filter', filter }
}

function readNames(cursor: Cursor, quote: string): StepSyntax {
  const names: string[] = []
  do {
    skipSpaces(cursor)
    if (peek(cursor) !== quote) throw unexpected(cursor, `expected a name in ${quote}`)
    names.push(readText(cursor))
    skipSpaces(cursor)
  } while (take(cursor, ','))
  return { kind: 'names', names }
}

function readIndices(cursor: Cursor): StepSyntax {
  const first = takeIndex(cursor)
  if (take(cursor, ':')) {
    const to = takeIndex(cursor)
    if (first === undefined && to === undefined) throw unexpected(cursor, 'a slice needs a start or an end')
    // Jayway accepts a step and goes on in ones.
    if (take(cursor, ':')) takeIndex(cursor)
    return { kind: 'slice', from: first, to }
  }
  if (first === undefined) throw unexpected(cursor, 'expected a name in quotes, an index, a slice, * or ?( )')
  const indices = [first]
  skipSpaces(cursor)
  while (take(cursor, ',')) {
    skipSpaces(cursor)
    const next = takeIndex(cursor)
    if (next === undefined) throw unexpected(cursor, 'expected an index')
    indices.push(next)
    skipSpaces(cursor)
  }
  return { kind: 'indices', indices }
}

function takeIndex(cursor: Cursor): number | undefined {
  const digits = takeMatch(cursor, index)
  return digits === undefined ? undefined : Number(digits)
}
