// A trie of path templates: literal segments before `{variable}` before `{greedy+}`, by verb, with AWS's two orders of precedence.
import type { PathParameters } from '../../nouns/exchange.ts'

/** A template's target for one verb; those of one path are a chain, because most paths have one or two. */
class Entry<Target> {
  /** Undefined for `ANY`. */
  readonly verb: string | undefined
  target: Target
  /** The names of the template's variables, in order. */
  names: readonly string[]
  next: Entry<Target> | undefined

  constructor(verb: string | undefined, target: Target, names: readonly string[]) {
    this.verb = verb
    this.target = target
    this.names = names
    this.next = undefined
  }
}

class Node<Target> {
  literals: Map<string, Node<Target>> | undefined = undefined
  variable: Node<Target> | undefined = undefined
  /** Of the greedy variable below. */
  greedy: Entry<Target> | undefined = undefined
  /** Of the path that ends here. */
  own: Entry<Target> | undefined = undefined
}

interface Found<Target> {
  readonly entry: Entry<Target>
  readonly values: readonly string[]
}

export interface Match<Target> {
  readonly target: Target
  readonly pathParameters: PathParameters
}

export interface TrieOptions {
  /**
   * `branch` (REST): the first branch that leads anywhere wins, literals first, greedy ones of inner nodes before outer ones.
   * `complete` (HTTP): every complete match comes before every greedy one; among greedy ones the longer prefix wins.
   */
  readonly precedence: 'branch' | 'complete'
  /** Whether path parameters are handed on decoded (HTTP) or as sent (REST). */
  readonly decodeValues: boolean
  /** The verbs that `ANY` stands for; undefined: every verb. */
  readonly anyVerbs?: ReadonlySet<string> | undefined
}

/** A trie over `Target`s. Building is cheap; matching allocates only the segments and the parameters. */
export class PathTrie<Target> {
  private readonly root = new Node<Target>()
  private readonly options: TrieOptions
  /** Lists of variables' names: most templates have the same few. */
  private readonly names = new Map<string, readonly string[]>()

  constructor(options: TrieOptions) {
    this.options = options
  }

  /** Adds a template such as `/pets/{petId}` or `/{proxy+}` for a verb or `ANY`. A later one replaces an equal one. */
  add(template: string, verb: string, target: Target): void {
    const names: string[] = []
    const own = verb === 'ANY' ? undefined : verb
    let node = this.root
    for (const segment of segmentsOf(template)) {
      const name = variableName(segment)
      if (name === undefined) {
        node = literalChild(node, segment)
        continue
      }
      if (name.endsWith('+')) {
        names.push(name.slice(0, -1))
        node.greedy = withEntry(node.greedy, own, target, this.known(names))
        return
      }
      names.push(name)
      node = node.variable ??= new Node()
    }
    node.own = withEntry(node.own, own, target, this.known(names))
  }

  /** The best template for a raw path (`/pets/7`, still percent-encoded) and verb. */
  match(path: string, verb: string): Match<Target> | undefined {
    const segments = segmentsOf(path)
    const decoded = segments.map(decodeSegment)
    const search = new Search<Target>(segments, decoded, verb, this.options)
    const found =
      this.options.precedence === 'branch'
        ? search.branch(this.root, 0)
        : (search.complete(this.root, 0) ?? search.longestGreedy(this.root))
    return found === undefined ? undefined : { target: found.entry.target, pathParameters: parametersOf(found) }
  }

  private known(names: readonly string[]): readonly string[] {
    const key = names.join('/')
    const known = this.names.get(key)
    if (known === undefined) this.names.set(key, names)
    return known ?? names
  }
}

class Search<Target> {
  private readonly segments: readonly string[]
  private readonly decoded: readonly string[]
  private readonly verb: string
  private readonly options: TrieOptions
  private readonly values: string[] = []

  constructor(segments: readonly string[], decoded: readonly string[], verb: string, options: TrieOptions) {
    this.segments = segments
    this.decoded = decoded
    this.verb = verb
    this.options = options
  }

  branch(node: Node<Target>, index: number): Found<Target> | undefined {
    return this.inner(node, index, true) ?? this.greedyAt(node, index)
  }

  complete(node: Node<Target>, index: number): Found<Target> | undefined {
    return this.inner(node, index, false)
  }

  /** Among greedy templates: the longest prefix, then literals before variables from the left. */
  longestGreedy(root: Node<Target>): Found<Target> | undefined {
    let best: Found<Target> | undefined
    let bestDepth = -1
    const visit = (node: Node<Target>, index: number): void => {
      const literal = node.literals?.get(this.decoded[index] ?? '')
      if (literal !== undefined && index < this.segments.length) visit(literal, index + 1)
      if (node.variable !== undefined && (this.segments[index] ?? '') !== '') {
        this.values.push(this.value(index))
        visit(node.variable, index + 1)
        this.values.pop()
      }
      if (index <= bestDepth) return
      const here = this.greedyAt(node, index)
      if (here === undefined) return
      best = here
      bestDepth = index
    }
    visit(root, 0)
    return best
  }

  private inner(node: Node<Target>, index: number, withGreedy: boolean): Found<Target> | undefined {
    if (index === this.segments.length) return this.found(node.own)
    const literal = node.literals?.get(this.decoded[index] ?? '')
    const throughLiteral = literal && this.next(literal, index, withGreedy)
    if (throughLiteral !== undefined) return throughLiteral
    if (node.variable === undefined || this.segments[index] === '') return undefined
    this.values.push(this.value(index))
    const throughVariable = this.next(node.variable, index, withGreedy)
    if (throughVariable === undefined) this.values.pop()
    return throughVariable
  }

  private next(node: Node<Target>, index: number, withGreedy: boolean): Found<Target> | undefined {
    return withGreedy ? this.branch(node, index + 1) : this.complete(node, index + 1)
  }

  private greedyAt(node: Node<Target>, index: number): Found<Target> | undefined {
    if (node.greedy === undefined || index >= this.segments.length) return undefined
    const rest = this.options.decodeValues ? this.decoded : this.segments
    const value = rest.slice(index).join('/')
    // AWS: a greedy variable needs at least one character — rest specification 1.2, HTTP 4.3
    if (value === '') return undefined
    const found = this.found(node.greedy)
    return found === undefined ? undefined : { entry: found.entry, values: [...this.values, value] }
  }

  private found(first: Entry<Target> | undefined): Found<Target> | undefined {
    const { anyVerbs } = this.options
    let any: Entry<Target> | undefined
    for (let entry = first; entry !== undefined; entry = entry.next) {
      if (entry.verb === this.verb) return { entry, values: [...this.values] }
      if (entry.verb === undefined) any = entry
    }
    const takesVerb = anyVerbs === undefined || anyVerbs.has(this.verb)
    return any === undefined || !takesVerb ? undefined : { entry: any, values: [...this.values] }
  }

  private value(index: number): string {
    return (this.options.decodeValues ? this.decoded : this.segments)[index] ?? ''
  }
}

function segmentsOf(path: string): string[] {
  return path === '/' || path === '' ? [] : path.slice(1).split('/')
}

function variableName(segment: string): string | undefined {
  return segment.startsWith('{') && segment.endsWith('}') ? segment.slice(1, -1) : undefined
}

function literalChild<Target>(node: Node<Target>, segment: string): Node<Target> {
  const literals = (node.literals ??= new Map<string, Node<Target>>())
  let child = literals.get(segment)
  if (child === undefined) literals.set(segment, (child = new Node()))
  return child
}

/** The chain with the verb's target in it, in place of the one before. */
function withEntry<Target>(
  first: Entry<Target> | undefined,
  verb: string | undefined,
  target: Target,
  names: readonly string[],
): Entry<Target> {
  let last: Entry<Target> | undefined
  for (let entry = first; entry !== undefined; entry = entry.next) {
    if (entry.verb === verb) {
      entry.target = target
      entry.names = names
      return first ?? entry
    }
    last = entry
  }
  const entry = new Entry(verb, target, names)
  if (last !== undefined) last.next = entry
  return first ?? entry
}

/** A segment that is no valid percent-encoding stands for itself. */
function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function parametersOf<Target>({ entry: { names }, values }: Found<Target>): PathParameters {
  if (names.length === 0) return undefined
  // Without a prototype, because `__proto__` is a name like any other.
  const parameters = Object.create(null) as Record<string, string>
  for (const [index, name] of names.entries()) parameters[name] = values[index] ?? ''
  return parameters
}
