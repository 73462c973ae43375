// The three kinds of faults: a template's text or a call in it is wrong, a Java method refuses, or a budget is spent.

/** A place in a template, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The template does not parse, or a method it calls throws. `message` names the place. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault'
  readonly line: number
  readonly column: number

  constructor(message: string, position: Position) {
    super(`${message} at line ${position.line}, column ${position.column}`)
    this.line = position.line
    this.column = position.column
  }
}

/** The budget that was spent: steps, milliseconds, characters, nesting, turns of one loop, or the work of one regular expression. */
export type Limit = 'steps' | 'time' | 'output' | 'depth' | 'iterations' | 'regex'

/** A render cost more than its budget allows. */
export class BudgetFault extends Error {
  override readonly name = 'BudgetFault'
  readonly limit: Limit

  constructor(limit: Limit, allowed: string) {
    super(`The template exceeds its budget of ${allowed}`)
    this.limit = limit
  }
}

/** What a method or a host function throws, as a Java exception would be; rendering turns it into a `TemplateFault`. */
export class MethodFault extends Error {
  override readonly name = 'MethodFault'
}

/** The line and column of an offset in a text. */
export function positionOf(text: string, offset: number): Position {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  return { line, column: offset - lineStart + 1 }
}
