// Reads YAML text into nodes with offsets; aliases are shared and counted, merge keys applied, errors end it at once.
import type { Alias, CST, Document, Pair, ParsedNode, Scalar, YAMLMap } from 'yaml'
import { maximumDepth, tooDeepSentence } from './budget.ts'
import type { MapNode, Node } from './node.ts'
import type { TreeBuilder } from './tree.ts'
import { TextFault } from './tree.ts'
import { yamlPackage } from './yaml-package.ts'

const openingBrackets: ReadonlySet<string> = new Set(['[', '{'])
const closingBrackets: ReadonlySet<string> = new Set([']', '}'])

/** Reads the first YAML document of the text; throws a {@link TextFault} at the first mistake. */
export function readYaml(text: string, tree: TreeBuilder): Node {
  try {
    const document = compose(text)
    return new YamlConverter(tree).node(document.contents, 0)
  } catch (error) {
    // Block collections nest by indentation, which no cheap count bounds: the engine's own limit does.
    if (error instanceof RangeError) throw new TextFault(tooDeepSentence, 0, true)
    throw error
  }
}

/** Token by token, so that the budget holds before the tree is built and the first error stops the work. */
function compose(text: string): Document.Parsed {
  const { Composer, Lexer, Parser } = yamlPackage()
  const lexer = new Lexer()
  const parser = new Parser()
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  const documents: Document.Parsed[] = []
  const accept = (token: CST.Token): void => {
    if (token.type === 'error') throw new TextFault(token.message, token.offset)
    documents.push(...composer.next(token))
  }
  let depth = 0
  let offset = 0
  for (const lexeme of lexer.lex(text)) {
    if (openingBrackets.has(lexeme)) depth += 1
    else if (closingBrackets.has(lexeme)) depth -= 1
    if (depth > maximumDepth) throw new TextFault(tooDeepSentence, offset, true)
    for (const token of parser.next(lexeme)) accept(token)
    if (lexeme.length > 1 || lexeme > '\u001f' || lexeme === '\n' || lexeme === '\t') offset += lexeme.length
  }
  for (const token of parser.end()) accept(token)
  documents.push(...composer.end(true, text.length))
  const [document] = documents
  if (document === undefined) throw new TextFault('The document is empty', 0)
  const [error] = document.errors
  if (error?.code === 'RESOURCE_EXHAUSTION') throw new TextFault(tooDeepSentence, error.pos[0], true)
  if (error !== undefined) throw new TextFault(error.message, error.pos[0])
  return document
}

class YamlConverter {
  private readonly yaml = yamlPackage()
  private readonly tree: TreeBuilder
  private readonly anchors = new Map<string, { readonly node: Node; readonly nodes: number }>()

  constructor(tree: TreeBuilder) {
    this.tree = tree
  }

  node(source: unknown, depth: number): Node {
    if (source === null || source === undefined) return this.tree.scalar(null, 'null', 0)
    const parsed = source as ParsedNode
    const offset = parsed.range[0]
    if (depth > maximumDepth) throw new TextFault(tooDeepSentence, offset, true)
    if (this.yaml.isAlias(parsed)) return this.alias(parsed, offset)
    const before = this.tree.size
    this.tree.count(1, offset)
    const node = this.content(parsed, offset, depth)
    // An anchor counts only once its node is whole: an alias inside its own anchor has nothing to refer to.
    if (parsed.anchor !== undefined) this.anchors.set(parsed.anchor, { node, nodes: this.tree.size - before })
    return node
  }

  private content(parsed: ParsedNode, offset: number, depth: number): Node {
    if (this.yaml.isMap(parsed)) return this.map(parsed, offset, depth)
    if (this.yaml.isSeq(parsed))
      return { kind: 'list', items: Array.from(drained(parsed.items), (item) => this.node(item, depth + 1)), offset }
    const { value, source } = parsed as Scalar.Parsed
    const known = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return this.tree.scalar(known ? value : source, source, offset)
  }

  private alias(alias: Alias, offset: number): Node {
    const target = this.anchors.get(alias.source)
    if (target === undefined) throw new TextFault(`The alias *${alias.source} has no anchor before it`, offset)
    this.tree.count(target.nodes, offset)
    return { ...target.node, offset }
  }

  private map(source: YAMLMap, offset: number, depth: number): MapNode {
    const entries = new Map<string, Node>()
    const merged: Node[] = []
    for (const pair of drained(source.items as Pair<ParsedNode | null, ParsedNode | null>[])) {
      const at = pair.key?.range[0] ?? offset
      const key = this.key(pair.key, at)
      const value = { ...this.node(pair.value, depth + 1), offset: at }
      if (key === '<<' && this.yaml.isScalar(pair.key) && pair.key.type === 'PLAIN' && value.kind !== 'scalar')
        merged.push(value)
      else this.tree.add(entries, key, value)
    }
    for (const node of merged) mergeInto(entries, node)
    return { kind: 'map', entries, offset }
  }

  private key(key: ParsedNode | null, offset: number): string {
    if (key === null) return ''
    const node = this.yaml.isScalar(key) || this.yaml.isAlias(key) ? this.node(key, 0) : undefined
    if (node?.kind !== 'scalar') throw new TextFault('A key must be a plain value', offset)
    return node.text
  }
}

/** The items one after the other. Each is let go when the next is asked for: the package's nodes are several times as large as ours. */
function* drained<Item>(items: (Item | undefined)[]): Generator<Item> {
  for (const [index, item] of items.entries()) {
    items[index] = undefined
    yield item as Item
  }
}

function mergeInto(entries: Map<string, Node>, node: Node): void {
  const sources = node.kind === 'list' ? node.items : [node]
  for (const source of sources) {
    if (source.kind !== 'map') continue
    for (const [key, value] of source.entries) if (!entries.has(key)) entries.set(key, value)
  }
}
