// Parses references in the text of a template, and the text behind them, which Velocity's lexer then reads differently.
import { tokens } from './lex.ts'
import { ExpressionParser } from './parse-expression.ts'
import type { Node, ReferenceNode } from './syntax.ts'

/** Parses references in text, and the dollars that start no reference. Throws `TemplateFault`. */
export abstract class ReferenceParser extends ExpressionParser {
  /** The end of a reference without braces: Velocity's lexer still reads what comes next as parts of one. */
  protected referenceEnd = -1
  /** The same when it ended in a property, or an index of one: there `##` is text, and a reference in braces changes nothing. */
  protected propertyEnd = -1
  /** The end of a reference without braces that began right behind a property. */
  private chainEnd = -1

  /** The node for a directive that loose dollars before it have hidden from the lexer. */
  protected abstract unknownDirective(name: string, start: number): Node

  protected textReference(): ReferenceNode | null {
    const start = this.cursor.at
    const isChained = start === this.propertyEnd || start === this.chainEnd
    const reference = this.reference()
    if (reference === null) return null
    const { at } = this.cursor
    const endsInProperty = reference.accessors.findLast(({ kind }) => kind !== 'index')?.kind === 'property'
    if (isChained && this.cursor.peek() === '(') throw this.cursor.fault('A parenthesis needs a method')
    if (isChained || !reference.formal) this.referenceEnd = at
    if (reference.formal ? isChained : endsInProperty) this.propertyEnd = at
    if (isChained && !reference.formal) this.chainEnd = at
    return reference
  }

  /** Parses something that does not change the lexer's state: if it was within a reference, it is afterwards. */
  protected keepingPlace<Result>(start: number, parse: () => Result): Result {
    const isBehindReference = start === this.referenceEnd
    const isBehindProperty = start === this.propertyEnd
    const result = parse()
    if (isBehindReference) this.referenceEnd = this.cursor.at
    if (isBehindProperty) this.propertyEnd = this.cursor.at
    return result
  }

  /**
   * Parses the text right behind a reference without braces. A name there (`$x.trim()name.json`, `$x{name}`) is a reference
   * without a dollar: it prints as it stands, but what it reaches into is lost.
   */
  protected behindReference(): Node | null {
    const { cursor } = this
    if (cursor.skip('}')) return textNode('}')
    if (cursor.sees(tokens.dot)) return this.stillBehind(cursor.peek())
    const brace = cursor.peek() === '{' ? '{' : ''
    this.refuseBehindReference(brace)
    cursor.at += brace.length
    const name = this.bareReference(brace)
    if (brace === '') return name === '' ? null : this.stillBehind(name, cursor.at)
    return name === '' ? this.stillBehind(brace, cursor.at) : textNode(brace)
  }

  /** A text node up to `end`, after which the lexer is still within the reference. */
  private stillBehind(text: string, end = this.cursor.at + text.length): Node {
    this.cursor.at = end
    this.referenceEnd = end
    return textNode(text)
  }

  private refuseBehindReference(brace: string): void {
    const { cursor } = this
    const next = cursor.peek(brace.length)
    if (next === '[') throw cursor.fault('An index needs a reference')
    if (next === '(' && brace === '' && cursor.at === this.propertyEnd && cursor.peek(1) !== '')
      throw cursor.fault('A parenthesis needs a method')
    const start = cursor.at
    cursor.at += brace.length
    if (cursor.sees(tokens.boolean)) throw cursor.fault(`${cursor.found()} is no name`)
    cursor.at = start
  }

  /** Takes a reference without a dollar, closed by the brace that opened it, and returns its name; empty when there is none. */
  private bareReference(brace: string): string {
    const { cursor } = this
    const start = cursor.at
    if (brace !== '') cursor.take(tokens.dollars)
    const name = cursor.take(tokens.identifier)
    if (name === '') {
      cursor.at = start
      return ''
    }
    this.accessors()
    if (brace !== '') cursor.expect('}')
    return name
  }

  /** Parses `$` and `$!` that start no reference, with the odd effects that they have in Velocity's lexer. */
  protected looseDollars(start: number): Node | null {
    const { cursor } = this
    const dollars = cursor.take(tokens.dollars)
    if (dollars === '') return null
    if (cursor.ended) throw cursor.fault('The template ends with a lone "$"', start)
    const marked = this.dollarsWithMark(dollars, start)
    if (marked !== null) return textNode(marked)
    if (cursor.sees(tokens.swallowing)) return textNode('')
    const match = cursor.match(tokens.directive)
    // A loose dollar right before a directive hides its name, which becomes that of an unknown macro.
    if (match !== null) return this.unknownDirective(match[0], start)
    return textNode(dollars.replaceAll(/\\*!/g, ''))
  }

  /** Loose dollars that make one word with a name, a brace, a dot or a bracket after them; null when none follows. */
  private dollarsWithMark(dollars: string, start: number): string | null {
    const { cursor } = this
    const brace = cursor.skip('{') ? '{' : ''
    if (dollars.endsWith('\\!')) {
      this.refuseBoolean(cursor.sees(tokens.boolean) ? cursor.take(tokens.boolean) : '', start)
      const name = this.bareReference(brace)
      if (name !== '' && brace === '') this.referenceEnd = cursor.at
      if (name !== '') return dollars.replace(/\\(\\*!)$/, '$1') + (brace || name)
    }
    if (brace !== '') {
      this.referenceEnd = cursor.at
      return dollars + brace
    }
    if (cursor.skip('}')) return `${dollars}}`
    return this.dollarsWithDot(dollars) ?? this.dollarsWithBracket(dollars, start)
  }

  /** Takes the dot: `$.` is a word of its own; after `$!` and `\$` only the dot of a `.name` is left. */
  private dollarsWithDot(dollars: string): string | null {
    const { cursor } = this
    const isWord = /(?:^|[^\\])\$$/.test(dollars)
    if (!cursor.sees(isWord ? /\./y : tokens.dot)) return null
    cursor.at++
    if (dollars.length > 1) this.referenceEnd = cursor.at
    return isWord ? `${dollars}.` : '.'
  }

  private dollarsWithBracket(dollars: string, start: number): string | null {
    if (this.cursor.peek() !== '[') return null
    if (dollars.startsWith('\\')) throw this.cursor.fault('An index needs a reference', start)
    return dollars
  }
}

/** Text that is printed as it is. */
export function textNode(text: string): Node {
  return { kind: 'text', text }
}
