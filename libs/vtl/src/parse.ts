// Parses the text of a template into its syntax tree, white space included exactly as Velocity 1.7 takes it.
import {
  blockDirectives,
  directives,
  blockNode,
  isValue,
  lineNode,
  macroName,
  refuseWords,
  type Argument,
} from './directives.ts'
import { Cursor, tokens } from './lex.ts'
import { ReferenceParser, textNode } from './parse-reference.ts'
import type { Branch, MacroCallNode, Node } from './syntax.ts'

/** Options for parsing. */
export interface ParseOptions {
  /** The longest template, in characters. */
  readonly maxChars: number
  /** The deepest nesting of directives, values and operators. */
  readonly maxDepth: number
  /** Names of directives that are refused. */
  readonly refusedDirectives: ReadonlySet<string>
}

const controlWords = new Set(['if', 'elseif', 'else', 'end'])
const escapableWords = new Set([...directives, ...controlWords, 'set'])

/** Parses a template, or a string in one that stands at `at`. Throws `TemplateFault`. */
export function parseTemplate(text: string, options: ParseOptions, at?: number): Node[] {
  const cursor = new Cursor(text)
  if (text.length > options.maxChars) throw cursor.fault(`The template is longer than ${options.maxChars} characters`)
  return new TemplateParser(cursor, options, at).template()
}

class TemplateParser extends ReferenceParser {
  private readonly options: ParseOptions
  private readonly macroNames = new Set<string>()
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
    const match = cursor.match(tokens.directive)
    cursor.at = start
    const name = match?.[1] ?? match?.[2] ?? ''
    return controlWords.has(name) ? name : null
  }

  private statement(): Node | null {
    const { cursor } = this
    const start = cursor.at
    if (cursor.match(tokens.set) !== null) return this.keepingPlace(start, () => this.setDirective())
    const rest = start === this.referenceEnd ? this.behindReference() : null
    if (rest !== null) return rest
    switch (cursor.peek()) {
      case '$':
        return this.textReference() ?? this.looseDollars(start)
      case '\\':
        return this.textReference() ?? this.looseDollars(start) ?? this.backslashes()
      case '#':
        return this.hash()
      default:
        return textNode(cursor.take(tokens.text))
    }
  }

  /** Parses backslashes: an odd number before a known directive escapes it, and each pair before one counts once. */
  private backslashes(): Node {
    const { cursor } = this
    const slashes = cursor.take(tokens.backslashes)
    const start = cursor.at
    const match = cursor.peek() === '#' ? cursor.match(tokens.directive) : null
    const name = match?.[1] ?? match?.[2] ?? ''
    const isEscapable = escapableWords.has(name) || this.macroNames.has(name)
    const half = slashes.slice(0, slashes.length >> 1)
    if (match !== null && slashes.length % 2 === 1) return textNode((isEscapable ? half : slashes) + match[0])
    cursor.at = start
    // `#set(` is lexed as a whole, so its name is not recognised here.
    return textNode(isEscapable && name !== 'set' ? half : slashes)
  }

  private hash(): Node | null {
    const { cursor } = this
    const start = cursor.at
    if (start === this.propertyEnd && cursor.sees(tokens.hiddenDirective)) {
      return this.unknownDirective(cursor.take(tokens.hiddenDirective), start)
    }
    if ((start !== this.propertyEnd || cursor.peek(2) === '#') && cursor.skip('##')) {
      return this.comment(start, /\r\n|[\r\n]/y)
    }
    if (cursor.skip('#*')) return this.keepingPlace(start, () => this.comment(start, /\*#/y))
    if (cursor.skip('#[[')) return this.keepingPlace(start, () => textNode(this.upTo(']]#')))
    const match = cursor.match(tokens.directive)
    if (match !== null) return this.nested(() => this.directive(match[1] ?? match[2] ?? '', start))
    cursor.at++
    if (cursor.ended) throw cursor.fault('The template ends with a lone "#"', start)
    const number = cursor.take(tokens.number)
    if (number !== '') return textNode(`#${number}`)
    return this.referenceAfterHash() ?? textNode(cursor.sees(tokens.swallowing) ? '' : '#')
  }

  /** Parses a reference after a `#`, where backslashes do not escape it. */
  private referenceAfterHash(): Node | null {
    const reference = this.textReference()
    if (reference === null) return null
    return { ...reference, backslashes: 0, prefix: `#${'\\'.repeat(reference.backslashes)}${reference.prefix}` }
  }

  /** Skips a comment. One that is not closed reaches to the end, which must not come right behind a sign that could start something. */
  private comment(start: number, close: RegExp): null {
    const { cursor } = this
    let last = cursor.since(start).replace('##', '')
    let textEnd = cursor.at
    while (!cursor.ended) {
      textEnd = cursor.at
      if (cursor.take(close) !== '') break
      last = cursor.take(tokens.commentPart)
      textEnd = cursor.at
    }
    if (cursor.ended && textEnd === cursor.at && /^#|\$\\*!?$/.test(last))
      throw cursor.fault(`The template ends with a lone "${last}"`)
    this.comments.push(close.source === '\\*#' ? { start, end: cursor.at } : { start: start + 2, end: textEnd })
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
    if (cursor.match(tokens.assign) === null) throw cursor.fault(`Expected "=" but found ${cursor.found()}`)
    const value = this.expression()
    this.closeParenthesis()
    return { kind: 'set', target, value }
  }

  /** Takes the `)` of a directive, with the rest of an otherwise empty line. */
  private closeParenthesis(): void {
    this.cursor.skipWhitespace()
    this.cursor.expect(')')
    this.cursor.skipLineEnd()
  }

  private ifDirective(): Node {
    const branches: Branch[] = []
    for (let name = 'if'; name === 'if' || name === 'elseif'; name = this.controlName() ?? '') {
      this.cursor.take(tokens.directive)
      this.cursor.skipWhitespace()
      this.cursor.expect('(')
      const condition = this.expression()
      this.closeParenthesis()
      branches.push({ condition, body: this.block() })
    }
    let otherwise: Node[] = []
    if (this.controlName() === 'else') {
      this.cursor.take(tokens.directive)
      this.cursor.skipLineEnd()
      otherwise = this.block()
    }
    this.end('if')
    return { kind: 'if', branches, otherwise }
  }

  private end(name: string): void {
    if (this.controlName() !== 'end') throw this.cursor.fault(`#${name} is not closed: found ${this.cursor.found()}`)
    this.cursor.take(tokens.directive)
    this.cursor.skipLineEnd()
  }

  private directive(name: string, start: number): Node {
    const { cursor } = this
    if (this.options.refusedDirectives.has(name)) throw cursor.fault(`#${name} is not allowed`, start)
    const args = this.directiveArguments()
    if (!directives.has(name)) return this.macroCall(name, args, start)
    const site = { name, at: this.place(start), fault: (message: string) => cursor.fault(message, start) }
    refuseWords(site, args ?? [])
    if (!blockDirectives.has(name)) return lineNode(site, args ?? [])
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

  /** Parses arguments in parentheses, divided by white space or commas; null when no `(` follows. */
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
    const name = cursor.take(tokens.word)
    if (name === '') throw cursor.fault(`Expected an argument but found ${cursor.found()}`)
    return { kind: 'word', name }
  }

  /** The source of a `#literal` without its comments, those from the `first` on. */
  private withoutComments(start: number, end: number, first: number): string {
    let text = ''
    let from = start
    for (const comment of this.comments.slice(first)) {
      text += this.cursor.text.slice(from, comment.start)
      from = comment.end
    }
    return text + this.cursor.text.slice(from, end)
  }

  protected override unknownDirective(name: string, start: number): Node {
    return this.macroCall(name, this.directiveArguments(), start)
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

/** Adds a node; text joins the text before it. */
function append(nodes: Node[], node: Node): void {
  const last = nodes.at(-1)
  if (node.kind === 'text' && last?.kind === 'text') nodes[nodes.length - 1] = textNode(last.text + node.text)
  else if (node.kind !== 'text' || node.text !== '') nodes.push(node)
}
