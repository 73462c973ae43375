// The one error this library throws: for a pattern or replacement that is refused, and for a subject that asks too much work.

/** Like Java's PatternSyntaxException. `index` is an offset in the pattern (or in the replacement), -1 where none applies. */
export class RegexFault extends Error {
  override readonly name = 'RegexFault'
  readonly description: string
  readonly index: number

  /** @param text the pattern that the index points into; the message then shows it, as Java's does */
  constructor(description: string, index: number, text?: string) {
    const shown = text === undefined || index < 0 ? '' : ` near index ${index}\n${text}\n${' '.repeat(index)}^`
    super(description + shown)
    this.description = description
    this.index = index
  }
}
