// Reads a template's text, YAML or JSON (which YAML contains), into nodes; CloudFormation's tags become its functions.
import type { CST, Document, Pair, ParsedNode, YAMLMap } from 'yaml'
import { maximumDepth, Meter, costOf } from './budget.ts'
import { Problem } from './fault.ts'
import type { MapNode, Node } from './node.ts'
import { yamlPackage } from './yaml-package.ts'

const openingBrackets: ReadonlySet<string> = new Set(['[', '{'])
const closingBrackets: ReadonlySet<string> = new Set([']', '}'])
const tooDeepSentence = 'The template is nested too deeply'

/** Reads the one document of the text. Throws a {@link Problem} at the first mistake. */
export function readText(text: string): Node {
  const document = compose(text)
  if (document.contents === null) throw new Problem('The template is empty', { offset: 0 })
  return new Converter().node(document.contents, 0)
}

/**
 * Composes the document token by token, so that the depth of brackets is known before a tree is built and the first error
 * stops the work.
 */
function compose(text: string): Document.Parsed {
  const { Composer, Parser } = yamlPackage()
  const parser = new Parser()
  // AWS reads YAML 1.1 (user guide, "Supported template formats"): `yes` is a boolean.
  const composer = new Composer({ version: '1.1', prettyErrors: false, logLevel: 'silent', merge: true })
  const documents: Document.Parsed[] = []
  const accept = (token: CST.Token): void => {
    if (token.type === 'error') throw new Problem(token.message, token)
    documents.push(...composer.next(token))
  }
  for (const lexeme of lexemes(text)) for (const token of parser.next(lexeme)) accept(token)
  for (const token of parser.end()) accept(token)
  documents.push(...composer.end(true, text.length))
  const [document, second] = documents
  const [error] = document?.errors ?? []
  if (error !== undefined) {
    throw new Problem(error.code === 'RESOURCE_EXHAUSTION' ? tooDeepSentence : error.message, { offset: error.pos[0] })
  }
  if (second !== undefined) throw new Problem('A template is one document', { offset: second.range[0] })
  if (document === undefined) throw new Problem('The template is empty', { offset: 0 })
  return document
}

/** The lexemes of the text, as long as its brackets are not nested too deeply. */
function* lexemes(text: string): Generator<string> {
  let depth = 0
  let offset = 0
  const { Lexer } = yamlPackage()
  for (const lexeme of new Lexer().lex(text)) {
    if (openingBrackets.has(lexeme)) depth += 1
    else if (closingBrackets.has(lexeme)) depth -= 1
    if (depth > maximumDepth) throw new Problem(tooDeepSentence, { offset })
    yield lexeme
    // A control character is the lexer's own mark and no part of the text.
    if (lexeme.length > 1 || lexeme > '\u001F' || lexeme === '\n' || lexeme === '\t') offset += lexeme.length
  }
}

class Converter {
  private readonly yaml = yamlPackage()
  private readonly meter = new Meter()
  private readonly anchors = new Map<string, { readonly node: Node; readonly cost: number }>()

  node(source: ParsedNode | null, depth: number, at: number = 0): Node {
    if (source === null) return { kind: 'scalar', value: null, text: '', offset: at }
    const offset = source.range[0]
    if (depth > maximumDepth) throw new Problem(tooDeepSentence, { offset })
    if (this.yaml.isAlias(source)) return this.alias(source.source, offset)
    const before = this.meter.spent
    this.spend(costOf(this.yaml.isScalar(source) ? source.source.length : 0), offset)
    const node = tagged(source, this.content(source, offset, depth))
    // An anchor counts only once its node is whole: an alias inside its own anchor has nothing to refer to.
    if (source.anchor !== undefined) this.anchors.set(source.anchor, { node, cost: this.meter.spent - before })
    return node
  }

  private content(source: ParsedNode, offset: number, depth: number): Node {
    if (this.yaml.isMap(source)) return called(this.map(source, offset, depth))
    if (this.yaml.isSeq(source)) {
      return { kind: 'list', items: source.items.map((item) => this.node(item, depth + 1)), offset }
    }
    if (!this.yaml.isScalar(source)) throw new Problem('A value is expected here', { offset })
    const { value } = source
    const text = typeof value === 'string' ? value : source.source
    // AWS's reader knows `yes` and `on` as booleans, but not the single letters of YAML 1.1.
    const isFlag = typeof value === 'boolean' && text.length > 1
    const known = value === null || typeof value === 'number' || isFlag
    // Timestamps and the like are texts to CloudFormation.
    return { kind: 'scalar', value: known ? value : text, text, offset }
  }

  private alias(name: string, offset: number): Node {
    const target = this.anchors.get(name)
    if (target === undefined) throw new Problem(`The alias *${name} has no anchor before it`, { offset })
    this.spend(target.cost, offset)
    return { ...target.node, offset }
  }

  private map(source: YAMLMap, offset: number, depth: number): MapNode {
    const entries = new Map<string, Node>()
    const merged: Node[] = []
    for (const pair of source.items as Pair<ParsedNode | null, ParsedNode | null>[]) {
      const at = pair.key?.range[0] ?? offset
      const key = this.key(pair.key, at)
      const value = { ...this.node(pair.value, depth + 1, at), offset: at }
      if (key === '<<') merged.push(value)
      else entries.set(key, value)
    }
    for (const node of merged) mergeInto(entries, node)
    return { kind: 'map', entries, offset }
  }

  private key(key: ParsedNode | null, offset: number): string {
    const node = this.yaml.isScalar(key) || this.yaml.isAlias(key) ? this.node(key, 0) : undefined
    if (node?.kind !== 'scalar') throw new Problem('A key must be a plain value', { offset })
    return node.text
  }

  private spend(cost: number, offset: number): void {
    if (!this.meter.spend(cost)) throw new Problem('The template is too large with its aliases expanded', { offset })
  }
}

/** A map of one member that is named like a function is a call of it. */
function called(map: MapNode): Node {
  if (map.entries.size !== 1) return map
  const [[name, argument] = ['', map]] = map.entries
  return isFunction(name) ? { kind: 'call', name, argument, offset: map.offset } : map
}

function isFunction(name: string): boolean {
  return name === 'Ref' || name.startsWith('Fn::')
}

/** `!Sub x` is `{Fn::Sub: x}`; `!Ref` and `!Condition` have no `Fn::`. */
function tagged(source: ParsedNode, argument: Node): Node {
  const { tag } = source
  if (tag === undefined || !/^![A-Za-z]/.test(tag)) return argument
  const short = tag.slice(1)
  const name = short === 'Ref' || short === 'Condition' ? short : `Fn::${short}`
  return { kind: 'call', name, argument, offset: argument.offset }
}

function mergeInto(entries: Map<string, Node>, node: Node): void {
  const sources = node.kind === 'list' ? node.items : [node]
  for (const source of sources) {
    if (source.kind !== 'map') continue
    for (const [key, value] of source.entries) if (!entries.has(key)) entries.set(key, value)
  }
}
