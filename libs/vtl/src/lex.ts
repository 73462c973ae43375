// The tokens of the template language, and a cursor that takes them off a text.
import { TemplateFault, positionOf } from './faults.ts'

const namePattern = String.raw`[A-Za-z_][\w-]*`
const wordEnd = String.raw`(?![\w@])`
type Token =
  | 'text'
  | 'whitespace'
  | 'identifier'
  | 'dot'
  | 'dollars'
  | 'backslashes'
  | 'set'
  | 'directive'
  | 'hiddenDirective'
  | 'swallowing'
  | 'lineEnd'
  | 'word'
  | 'boolean'
  | 'number'
  | 'not'
  | 'assign'
  | 'commentPart'

/** Every token, as a sticky pattern. Spellings follow the grammar of Velocity 1.7. */
export const tokens: Readonly<Record<Token, RegExp>> = {
  text: /[^$#\\]+/y,
  whitespace: /[ \t\r\n]+/y,
  identifier: new RegExp(namePattern, 'y'),
  /** The dot before a property. */
  dot: /\.(?=[A-Za-z])/y,
  /** One or more `$` or `$!`, each with the backslashes before it. */
  dollars: /(?:\\*\$(?:\\*!)?)+/y,
  backslashes: /\\+/y,
  /** White space before `#set` belongs to it, unless other text came first. */
  set: /[ \t]*#(?:set|\{set\}) *\(/y,
  directive: /#(?:([A-Za-z_@][\w@]*)|\{([A-Za-z_][\w@]*)\})/y,
  /** The word that another `#` before a directive turns into a macro of an unknown name. */
  hiddenDirective: new RegExp(String.raw`##(?!(?:if|elseif|else|end)${wordEnd})[A-Za-z_@][\w@]*`, 'y'),
  /** What follows a loose `$` or `#` that then vanishes. */
  swallowing: new RegExp(
    [
      String.raw`[ \t]*#(?:set|\{set\}) *\(`,
      String.raw`#(?:if|elseif|else|end)${wordEnd}`,
      String.raw`#\{(?:if|elseif|else|end)\}`,
      String.raw`#\*`,
      String.raw`\\(?:\\|#\{?[A-Za-z_@])`,
    ].join('|'),
    'y',
  ),
  lineEnd: /[ \t]*(?:\r\n|\n|\r)/y,
  word: new RegExp(String.raw`[A-Za-z_@][\w@]*`, 'y'),
  boolean: new RegExp(`(?:true|false)${wordEnd}`, 'y'),
  number: /-?(?:\d+(?=\.\.)|\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?)/y,
  not: new RegExp(`!(?!=)|not${wordEnd}`, 'y'),
  assign: /=(?!=)/y,
  /** In a comment, text that would start something elsewhere still counts as one sign. */
  commentPart: /#\*\*[^#]|#\*|#\[\[|\\*\$(?:\\*!)?|[^#$\\\r\n*]+|[^]/y,
}

/** Binary operators by rank, the loosest first. A minus before a digit is the digit's sign. */
export const binaryOperators: RegExp = new RegExp(
  [
    `(?<or>\\|\\||or${wordEnd})`,
    `(?<and>&&|and${wordEnd})`,
    `(?<eq>==|eq${wordEnd})`,
    `(?<ne>!=|ne${wordEnd})`,
    `(?<le><=|le${wordEnd})`,
    `(?<ge>>=|ge${wordEnd})`,
    `(?<lt><|lt${wordEnd})`,
    `(?<gt>>|gt${wordEnd})`,
    String.raw`(?<math>[+*/%]|-(?!\.?\d))`,
  ].join('|'),
  'y',
)

/** A position in a text, which moves as tokens are taken. */
export class Cursor {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  get ended(): boolean {
    return this.at >= this.text.length
  }

  /** The character `ahead` positions on; empty at the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead)
  }

  /** Whether a sticky pattern matches here. */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    return pattern.test(this.text)
  }

  /** Takes a sticky pattern's match; null when it does not match here. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (match !== null) this.at += match[0].length
    return match
  }

  /** Takes the text a pattern matches; empty when it does not. */
  take(pattern: RegExp): string {
    return this.match(pattern)?.[0] ?? ''
  }

  /** Takes a literal, or does nothing. */
  skip(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false
    this.at += literal.length
    return true
  }

  /** Takes a literal, and throws when it is not here. */
  expect(literal: string): void {
    if (!this.skip(literal)) throw this.fault(`Expected "${literal}" but found ${this.found()}`)
  }

  /** Takes a quoted string, in which a doubled quote stands for one; null when there is none here. */
  takeQuoted(): string | null {
    const quote = this.peek()
    if (quote !== '"' && quote !== "'") return null
    let end = this.text.indexOf(quote, this.at + 1)
    while (end !== -1 && this.text.charAt(end + 1) === quote) end = this.text.indexOf(quote, end + 2)
    if (end === -1) throw this.fault('The string is not closed')
    const start = this.at
    this.at = end + 1
    return this.text.slice(start, this.at)
  }

  skipWhitespace(): void {
    this.take(tokens.whitespace)
  }

  /** Takes the rest of the line with its end, if it is only white space. */
  skipLineEnd(): void {
    this.take(tokens.lineEnd)
  }

  since(start: number): string {
    return this.text.slice(start, this.at)
  }

  fault(message: string, at: number = this.at): TemplateFault {
    return new TemplateFault(message, positionOf(this.text, at))
  }

  found(): string {
    return this.ended ? 'the end of the template' : JSON.stringify(this.text.slice(this.at, this.at + 12))
  }
}
