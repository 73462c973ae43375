// The one error of this library: a document that cannot become an API, with AWS's sentence and the place.

/** A place in a document: 1-based line and column, and the RFC 6901 pointer of the nearest node. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly path: string
}

/** AWS's answer to a document that is no OpenAPI document at all — recorded, rest-recorded.md 17. */
export const invalidInput = 'Invalid OpenAPI input.'

/**
 * A document is refused. `message` is the sentence AWS puts on the wire; `detail` says in our words what is wrong at
 * `line`, `column` (both 1-based), for the person at the terminal.
 */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault'
  readonly line: number
  readonly column: number
  readonly path: string
  readonly detail: string

  constructor(message: string, place: Place, detail: string = message) {
    super(message)
    this.line = place.line
    this.column = place.column
    this.path = place.path
    this.detail = detail
  }
}
