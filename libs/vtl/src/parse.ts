// Parses the text of a template into its syntax tree, white space included exactly as Velocity 1.7 takes it.
import {
  BLOCK_DIRECTIVES,
  DIRECTIVES,
  blockNode,
  isValue,
  lineNode,
  macroName,
  refuseWords,
  type Argument,
} from './directives.ts'
import { Cursor, TOKENS } from './lex.ts'
import { ExpressionParser } from './parse-expression.ts'
import type { Branch, MacroCallNode, Node, ReferenceNode } from './syntax.ts'

/** What bounds and shapes parsing. */
export interface ParseOptions {
  /** Longest template, in characters. */
  readonly maxChars: number
  /** Deepest nesting of directives, values and operators. */
  readonly maxDepth: number
  /** Names of directives that are refused. */
  readonly refusedDirectives: ReadonlySet<string>
}

const CONTROL = new Set(['if', 'elseif', 'else', 'end'])
const ESCAPABLE = new Set([...DIRECTIVES, ...CONTROL, 'set'])

/** Parses a template, or a string in one that stands at `at`. Throws `TemplateFault`. */
export function parseTemplate(text: string, options: ParseOptions, at?: number): Node[] {
  const cursor = new Cursor(text)
  if (text.length > options.maxChars) throw cursor.fault(`The template is longer than ${options.maxChars} characters`)
  return new TemplateParser(cursor, options, at).template()
}

class TemplateParser extends ExpressionParser {
  private readonly options: ParseOptions
  private readonly macroNames = new Set<string>()
  /** Where a reference ended in a property, or in an index of one. Velocity takes a `##` there for text. */
  private propertyEnd = -1
  /** The spans of comments, in order. */
  private readonly comments: { start: number; end: number }[] = []

  constructor(cursor: Cursor, options: ParseOptions, at?: number) {
    super(cursor, options.maxDepth, at)
    this.options = options
  }

  template(): Node[] {
    const nodes = this.block()
    if (!this.cursor.ended) throw this.cursor.fault(`${this.cursor.found()} belongs to no open directive`)
    return nodes
  }

  /** Nodes up to `#end`, `#else`, `#elseif` or the end of the template. */
  private block(): Node[] {
    const nodes: Node[] = []
    while (!this.cursor.ended) {
      const control = this.controlName()
      if (control !== null && control !== 'if') break
      const node = control === 'if' ? this.nested(() => this.ifDirective()) : this.statement()
      if (node !== null) append(nodes, node)
    }
    return nodes
  }

  private controlName(): string | null {
    const { cursor } = this
    if (cursor.peek() !== '#') return null
    const start = cursor.at
    const match = cursor.match(TOKENS.directive)
    cursor.at = start
    const name = match?.[1] ?? match?.[2] ?? ''
    return CONTROL.has(name) ? name : null
  }

  private statement(): Node | null {
    const { cursor } = this
    const start = cursor.at
    if (cursor.match(TOKENS.set) !== null) return this.setDirective()
    switch (cursor.peek()) {
      case '$':
        return this.textReference() ?? this.looseDollars(start)
      case '\\':
        return this.textReference() ?? this.looseDollars(start) ?? this.backslashes()
      case '#':
        return this.hash()
      default:
        return textNode(cursor.take(TOKENS.text))
    }
  }

  private textReference(): ReferenceNode | null {
    const reference = this.reference()
    if (
      reference?.formal === false &&
      reference.accessors.findLast(({ kind }) => kind !== 'index')?.kind === 'property'
    )
      this.propertyEnd = this.cursor.at
    return reference
  }

  /** `$` and `$!` that start no reference. What Velocity's lexer does to them is odd, and kept. */
  private looseDollars(start: number): Node | null {
    const { cursor } = this
    const dollars = cursor.take(TOKENS.dollars)
    if (dollars === '') return null
    if (cursor.ended) throw cursor.fault('The template ends with a lone "$"', start)
    if (dollars.endsWith('\\!') && cursor.sees(TOKENS.identifier))
      return textNode(dollars.replace(/\\(\\*!)$/, '$1') + cursor.take(TOKENS.identifier))
    if (cursor.peek() === '{') {
      cursor.at++
      return textNode(`${dollars}{`)
    }
    if (cursor.peek() === '[') {
      if (dollars.startsWith('\\')) throw cursor.fault('An index needs a reference', start)
      return textNode(dollars)
    }
    if (cursor.sees(TOKENS.swallowing)) return textNode('')
    const match = cursor.match(TOKENS.directive)
    // Right before a directive it hides the name: what was one is now an unknown macro.
    if (match !== null) return this.macroCall(match[0], this.directiveArguments(), start)
    return textNode(dollars.replaceAll(/\\*!/g, ''))
  }

  /** Backslashes: an odd number before a known directive escapes it, and each pair before one counts once. */
  private backslashes(): Node {
    const { cursor } = this
    const slashes = cursor.take(TOKENS.backslashes)
    const start = cursor.at
    const match = cursor.peek() === '#' ? cursor.match(TOKENS.directive) : null
    const name = match?.[1] ?? match?.[2] ?? ''
    const isEscapable = ESCAPABLE.has(name) || this.macroNames.has(name)
    const half = slashes.slice(0, slashes.length >> 1)
    if (match !== null && slashes.length % 2 === 1) return textNode((isEscapable ? half : slashes) + match[0])
    cursor.at = start
    // `#set(` is lexed as a whole, so its name is not recognised here.
    return textNode(isEscapable && name !== 'set' ? half : slashes)
  }

  private hash(): Node | null {
    const { cursor } = this
    const start = cursor.at
    if (start !== this.propertyEnd && cursor.sees(TOKENS.lineComment)) {
      cursor.take(TOKENS.lineComment)
      const lineEnd = /[\r\n]*$/.exec(cursor.since(start))?.[0].length ?? 0
      this.comments.push({ start: start + 2, end: cursor.at - lineEnd })
      return null
    }
    if (cursor.skip('#*')) return this.blockComment(start)
    if (cursor.skip('#[[')) return textNode(this.upTo(']]#'))
    const match = cursor.match(TOKENS.directive)
    if (match !== null) return this.nested(() => this.directive(match[1] ?? match[2] ?? '', start))
    cursor.at++
    if (cursor.ended) throw cursor.fault('The template ends with a lone "#"', start)
    const number = cursor.take(TOKENS.number)
    if (number !== '') return textNode(`#${number}`)
    return this.referenceAfterHash() ?? textNode(cursor.sees(TOKENS.swallowing) ? '' : '#')
  }

  /** After a `#`, backslashes do not escape a reference. */
  private referenceAfterHash(): Node | null {
    const reference = this.textReference()
    if (reference === null) return null
    return { ...reference, backslashes: 0, prefix: `#${'\\'.repeat(reference.backslashes)}${reference.prefix}` }
  }

  /** A comment that is not closed reaches to the end. */
  private blockComment(start: number): null {
    const end = this.cursor.text.indexOf('*#', this.cursor.at)
    this.cursor.at = end === -1 ? this.cursor.text.length : end + 2
    this.comments.push({ start, end: this.cursor.at })
    return null
  }

  private upTo(close: string): string {
    const { cursor } = this
    const end = cursor.text.indexOf(close, cursor.at)
    if (end === -1) throw cursor.fault(`"${close}" is missing`)
    const text = cursor.text.slice(cursor.at, end)
    cursor.at = end + close.length
    return text
  }

  private setDirective(): Node {
    const { cursor } = this
    cursor.skipWhitespace()
    const target = this.reference()
    if (target === null) throw cursor.fault('#set needs a reference to set')
    cursor.skipWhitespace()
    if (cursor.match(TOKENS.assign) === null) throw cursor.fault(`Expected "=" but found ${cursor.found()}`)
    const value = this.expression()
    this.closeParenthesis()
    return { kind: 'set', target, value }
  }

  /** The `)` of a directive takes the rest of an otherwise empty line with it. */
  private closeParenthesis(): void {
    this.cursor.skipWhitespace()
    this.cursor.expect(')')
    this.cursor.skipLineEnd()
  }

  private ifDirective(): Node {
    const branches: Branch[] = []
    for (let name = 'if'; name === 'if' || name === 'elseif'; name = this.controlName() ?? '') {
      this.cursor.take(TOKENS.directive)
      this.cursor.skipWhitespace()
      this.cursor.expect('(')
      const condition = this.expression()
      this.closeParenthesis()
      branches.push({ condition, body: this.block() })
    }
    let otherwise: Node[] = []
    if (this.controlName() === 'else') {
      this.cursor.take(TOKENS.directive)
      this.cursor.skipLineEnd()
      otherwise = this.block()
    }
    this.end('if')
    return { kind: 'if', branches, otherwise }
  }

  private end(name: string): void {
    if (this.controlName() !== 'end') throw this.cursor.fault(`#${name} is not closed: found ${this.cursor.found()}`)
    this.cursor.take(TOKENS.directive)
    this.cursor.skipLineEnd()
  }

  private directive(name: string, start: number): Node {
    const { cursor } = this
    if (this.options.refusedDirectives.has(name)) throw cursor.fault(`#${name} is not allowed`, start)
    const args = this.directiveArguments()
    if (!DIRECTIVES.has(name)) return this.macroCall(name, args, start)
    const site = { name, at: this.place(start), fault: (message: string) => cursor.fault(message, start) }
    refuseWords(site, args ?? [])
    if (!BLOCK_DIRECTIVES.has(name)) return lineNode(site, args ?? [])
    if (name === 'macro') this.macroNames.add(macroName(site, args ?? []))
    const bodyStart = cursor.at
    const commentsBefore = this.comments.length
    const body = this.block()
    const bodyEnd = cursor.at
    this.end(name)
    return name === 'literal'
      ? textNode(this.withoutComments(bodyStart, bodyEnd, commentsBefore))
      : blockNode(site, args ?? [], body)
  }

  /** Arguments in parentheses, divided by white space or commas; null when no `(` follows. */
  private directiveArguments(): Argument[] | null {
    const { cursor } = this
    const start = cursor.at
    cursor.skipWhitespace()
    if (!cursor.skip('(')) {
      cursor.at = start
      return null
    }
    const args: Argument[] = []
    cursor.skipWhitespace()
    while (cursor.peek() !== ')') {
      if (cursor.skip(',')) cursor.skipWhitespace()
      args.push(this.directiveArgument())
      cursor.skipWhitespace()
    }
    this.closeParenthesis()
    return args
  }

  private directiveArgument(): Argument {
    const { cursor } = this
    const value = this.reference() ?? this.literal()
    if (value !== null) return value
    const name = cursor.take(TOKENS.word)
    if (name === '') throw cursor.fault(`Expected an argument but found ${cursor.found()}`)
    return { kind: 'word', name }
  }

  /** The source of a `#literal`, which loses its comments: those from the `first` on. */
  private withoutComments(start: number, end: number, first: number): string {
    let text = ''
    let from = start
    for (const comment of this.comments.slice(first)) {
      text += this.cursor.text.slice(from, comment.start)
      from = comment.end
    }
    return text + this.cursor.text.slice(from, end)
  }

  private macroCall(name: string, args: readonly Argument[] | null, at: number): Node {
    const { cursor } = this
    const isBlock = name.startsWith('@')
    if (isBlock && args === null) return textNode(`#${name}`)
    const body = isBlock ? this.block() : null
    if (isBlock) this.end(name)
    const call: MacroCallNode = {
      kind: 'call',
      name: isBlock ? name.slice(1) : name,
      arguments: (args ?? []).filter(isValue),
      word: args?.find((argument) => argument.kind === 'word')?.name ?? null,
      body,
      source: cursor.since(at),
      at: this.place(at),
    }
    return call
  }
}

function textNode(text: string): Node {
  return { kind: 'text', text }
}

/** Adds a node; text joins the text before it. */
function append(nodes: Node[], node: Node): void {
  const last = nodes.at(-1)
  if (node.kind === 'text' && last?.kind === 'text') nodes[nodes.length - 1] = textNode(last.text + node.text)
  else if (node.kind !== 'text' || node.text !== '') nodes.push(node)
}
