// Finding the best template for one path and verb, by either of AWS's two orders of precedence.
import type { TrieNodes } from './trie-nodes.ts'

/** What is asked of a trie. */
export interface Asked {
  /** Raw, still percent-encoded. */
  readonly path: string
  /** The verb's number; -1 for one that no template names. */
  readonly verb: number
  /** Whether templates for `ANY` count. */
  readonly takesAny: boolean
}

/** One search. A segment goes by the place where it begins in the path, and behind the last one the path is over. */
export class TrieSearch {
  /** Of what was found: the node of the template's last segment, or of the last one before its greedy variable. */
  node = 0
  /** Where the greedy variable's value begins; -1 for a template without. */
  greedyStart = -1
  private readonly nodes: TrieNodes
  private readonly path: string
  private readonly verb: number
  private readonly takesAny: boolean
  private readonly isEncoded: boolean

  constructor(nodes: TrieNodes, { path, verb, takesAny }: Asked) {
    this.nodes = nodes
    this.path = path
    this.verb = verb
    this.takesAny = takesAny
    this.isEncoded = path.includes('%')
  }

  /** The entry of the first branch that leads anywhere, literals first, greedy variables of inner nodes before outer ones; or 0. */
  branch(node = 0, start = this.first): number {
    const found = this.inner(node, start, true)
    return found === 0 ? this.greedyAt(node, start) : found
  }

  /** The entry of the best template without a greedy variable; or 0. */
  complete(node = 0, start = this.first): number {
    return this.inner(node, start, false)
  }

  /** Among templates with a greedy variable the one with the longest prefix, then literals before variables from the left; or 0. */
  longestGreedy(): number {
    let best = 0
    let bestDepth = -1
    const visit = (node: number, start: number, depth: number): void => {
      const { nodes, path } = this
      if (start <= path.length) {
        const end = this.endOf(start)
        const literal = this.literal(node, start, end)
        if (literal !== 0) visit(literal, end + 1, depth + 1)
        const variable = nodes.variable(node)
        if (variable !== 0 && end > start) visit(variable, end + 1, depth + 1)
      }
      if (depth <= bestDepth) return
      const here = this.greedyAt(node, start)
      if (here === 0) return
      best = here
      bestDepth = depth
    }
    visit(0, this.first, 0)
    return best
  }

  /** What the `count` variables of the template that was found took, as sent, the last one first. */
  values(count: number): readonly string[] {
    const { nodes, path, greedyStart } = this
    const values: string[] = []
    let end = path.length
    if (greedyStart >= 0) {
      values.push(path.slice(greedyStart))
      end = greedyStart - 1
    }
    for (let { node } = this; values.length < count; node = nodes.parent(node)) {
      const start = path.lastIndexOf('/', end - 1) + 1
      if (nodes.variable(nodes.parent(node)) === node) values.push(path.slice(start, end))
      end = start - 1
    }
    return values
  }

  /** A path of nothing but a slash has no segments. */
  private get first(): number {
    return this.path.length > 1 ? 1 : this.path.length + 1
  }

  private inner(node: number, start: number, withGreedy: boolean): number {
    const { nodes, path } = this
    if (start > path.length) return this.found(nodes.own(node), node, -1)
    const end = this.endOf(start)
    const literal = this.literal(node, start, end)
    const throughLiteral = literal === 0 ? 0 : this.onward(literal, end + 1, withGreedy)
    if (throughLiteral !== 0) return throughLiteral
    const variable = nodes.variable(node)
    return variable === 0 || end === start ? 0 : this.onward(variable, end + 1, withGreedy)
  }

  private onward(node: number, start: number, withGreedy: boolean): number {
    return withGreedy ? this.branch(node, start) : this.complete(node, start)
  }

  private literal(node: number, start: number, end: number): number {
    if (!this.isEncoded) return this.nodes.literal(node, this.path, start, end)
    const segment = decodeSegment(this.path.slice(start, end))
    return this.nodes.literal(node, segment, 0, segment.length)
  }

  /** AWS: a greedy variable needs at least one character — REST 1.2, HTTP 4.3 */
  private greedyAt(node: number, start: number): number {
    return start >= this.path.length ? 0 : this.found(this.nodes.greedy(node), node, start)
  }

  private found(first: number, node: number, greedyStart: number): number {
    const { nodes } = this
    let found = 0
    for (let entry = first; entry !== 0; entry = nodes.next(entry)) {
      const verb = nodes.verb(entry)
      if (verb === this.verb) {
        found = entry
        break
      }
      if (verb === 0 && this.takesAny) found = entry
    }
    if (found !== 0) {
      this.node = node
      this.greedyStart = greedyStart
    }
    return found
  }

  private endOf(start: number): number {
    const slash = this.path.indexOf('/', start)
    return slash < 0 ? this.path.length : slash
  }
}

/** Segment by segment: a slash that was encoded is part of its segment. */
export function decodePath(path: string): string {
  return path.includes('%') ? path.split('/').map(decodeSegment).join('/') : path
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
