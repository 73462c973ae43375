// Finds where the statements of a policy stand in its text, as IAM's simulator reports it: lines and columns, counted from 1.

/** A place in a text. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The start and the end of a statement. */
export interface StatementPlace {
  readonly start: Position
  readonly end: Position
}

/**
 * The places of a policy's statements, in their order. IAM begins the first one behind the opening bracket, be it the
 * list's or a lone statement's own, and each other one right behind the one before; a statement ends behind its brace.
 * Source: answers of the service, and the examples of `aws iam simulate-custom-policy`.
 * @param text a policy that `parsePolicy` has read
 */
export function statementPlaces(text: string): readonly StatementPlace[] {
  const value = memberStart(text, 'Statement')
  if (value === undefined) return []
  const positionOf = positions(text)
  let start = positionOf(value + 1)
  if (text[value] !== '[') return [{ start, end: positionOf(valueEnd(text, value)) }]
  const places: StatementPlace[] = []
  let offset = skipSpace(text, value + 1)
  while (offset < text.length && text[offset] !== ']') {
    const behind = valueEnd(text, offset)
    const end = positionOf(behind)
    places.push({ start, end })
    start = end
    offset = skipSpace(text, behind)
    if (text[offset] === ',') offset = skipSpace(text, offset + 1)
  }
  return places
}

/** The offset of the value of a member of the outermost object; of the last one when names are doubled, as JSON is read. */
function memberStart(text: string, name: string): number | undefined {
  let found: number | undefined
  let offset = skipSpace(text, skipSpace(text, 0) + 1)
  while (text[offset] === '"') {
    const nameEnd = valueEnd(text, offset)
    const value = skipSpace(text, skipSpace(text, nameEnd) + 1)
    if (JSON.parse(text.slice(offset, nameEnd)) === name) found = value
    offset = skipSpace(text, valueEnd(text, value))
    if (text[offset] === ',') offset = skipSpace(text, offset + 1)
  }
  return found
}

function skipSpace(text: string, from: number): number {
  let offset = from
  while (offset < text.length && ' \t\r\n'.includes(text.charAt(offset))) offset++
  return offset
}

/** The offset behind the JSON value that begins at an offset. */
function valueEnd(text: string, from: number): number {
  let depth = 0
  let offset = from
  do {
    const character = text[offset]
    if (character === '"') offset = stringEnd(text, offset)
    else {
      if (character === '{' || character === '[') depth++
      else if (character === '}' || character === ']') depth--
      offset++
    }
  } while (offset < text.length && (depth > 0 || isInScalar(text, from, offset)))
  return offset
}

/** Whether a number, `true`, `false` or `null` that began at `from` goes on. */
function isInScalar(text: string, from: number, offset: number): boolean {
  return !'"{['.includes(text.charAt(from)) && !' \t\r\n,]}'.includes(text.charAt(offset))
}

function stringEnd(text: string, from: number): number {
  let offset = from + 1
  while (offset < text.length && text[offset] !== '"') offset += text[offset] === '\\' ? 2 : 1
  return offset + 1
}

/** Gives the positions of offsets that are asked for in rising order: the text is walked through once. */
function positions(text: string): (offset: number) => Position {
  let line = 1
  let lineStart = 0
  let next = text.indexOf('\n')
  return (offset) => {
    while (next >= 0 && next < offset) {
      line++
      lineStart = next + 1
      next = text.indexOf('\n', lineStart)
    }
    return { line, column: offset - lineStart + 1 }
  }
}
