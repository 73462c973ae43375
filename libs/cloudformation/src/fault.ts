// The one error of this library: a template that cannot be used, in a sentence, with the place.

/** A place in a template: 1-based line and column. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** A template is refused: `message` says what is wrong at `line`, `column` (both 1-based). */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault'
  readonly line: number
  readonly column: number

  constructor(message: string, place: Place, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.line = place.line
    this.column = place.column
  }
}

/** A problem at an offset of the text; the entrances of the library turn it into a {@link TemplateFault}. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly offset: number

  constructor(message: string, { offset }: { readonly offset: number }) {
    super(message)
    this.offset = offset
  }
}
