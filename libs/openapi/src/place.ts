// Turns offsets in the text into lines, columns and JSON pointers, worked out only for messages.
import type { Node } from './node.ts'

export class LineIndex {
  private readonly text: string
  private starts: number[] | undefined

  constructor(text: string) {
    this.text = text
  }

  /** 1-based line and column of an offset. */
  at(offset: number): { line: number; column: number } {
    const starts = (this.starts ??= lineStarts(this.text))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

interface Child {
  readonly name: string
  readonly node: Node
}

/** Finds the innermost node at an offset; remembers the order of children, so that many questions stay cheap. */
export class PointerIndex {
  private readonly root: Node
  /** By a node's entries or items: as long as somebody has them. */
  private readonly ordered = new WeakMap<object, readonly Child[]>()

  constructor(root: Node) {
    this.root = root
  }

  /** The RFC 6901 pointer of a node of the tree; of the innermost node at its offset when it is none of the tree. */
  of(target: Node): string {
    let pointer = ''
    let node: Node | undefined = target === this.root ? undefined : this.root
    while (node !== undefined) {
      const child = lastBefore(this.childrenOf(node), target.offset)
      if (child === undefined) return pointer
      pointer += `/${child.name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      // A map and its first key can stand at one offset: the node itself tells which is meant.
      node = child.node === target ? undefined : child.node
    }
    return pointer
  }

  private childrenOf(node: Node): readonly Child[] {
    if (node.kind === 'scalar') return []
    const members = node.kind === 'map' ? node.entries : node.items
    const known = this.ordered.get(members)
    if (known !== undefined) return known
    const children: Child[] = []
    for (const [name, child] of members.entries()) {
      // The node behind a YAML alias stands at its anchor, before the place that uses it, and is no part of this stretch.
      if (child.offset >= node.offset) children.push({ name: String(name), node: child })
    }
    children.sort((a, b) => a.node.offset - b.node.offset)
    this.ordered.set(members, children)
    return children
  }
}

function lastBefore(children: readonly Child[], offset: number): Child | undefined {
  let low = 0
  let high = children.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((children[middle]?.node.offset ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return children[low - 1]
}
