// Follows local `$ref`s (`#/…` pointers) within the document, with limits on chains and on what they may pull in.
import { maximumReferencedNodes } from './budget.ts'
import { itemsOf, member, textOf } from './node.ts'
import type { Node } from './node.ts'

const longestChain = 32

/** The text of a node's `$ref`, if it is a reference. */
export function referenceOf(node: Node | undefined): string | undefined {
  const reference = member(node, '$ref')
  return reference?.kind === 'scalar' ? textOf(reference) : undefined
}

/** Follows references in one document. `resolve` answers `undefined` for one that leads nowhere or elsewhere. */
export class References {
  private readonly root: Node
  private readonly found = new Map<string, Node | undefined>()
  private readonly sizes = new Map<Node, number>()
  private spent = 0

  constructor(root: Node) {
    this.root = root
  }

  /** Whether references have pulled in more than the budget allows; asked once per operation. */
  get exhausted(): boolean {
    return this.spent > maximumReferencedNodes
  }

  resolve(node: Node): Node | undefined {
    let at: Node | undefined = node
    for (let hops = 0; hops < longestChain && at !== undefined; hops += 1) {
      const reference = referenceOf(at)
      if (reference === undefined) return at
      at = this.target(reference)
    }
    return undefined
  }

  private target(reference: string): Node | undefined {
    if (!this.found.has(reference)) this.found.set(reference, follow(this.root, reference))
    const target = this.found.get(reference)
    if (target !== undefined) this.spent += this.sizeOf(target)
    return target
  }

  private sizeOf(node: Node): number {
    const known = this.sizes.get(node)
    if (known !== undefined) return known
    const children = node.kind === 'map' ? node.entries.values() : itemsOf(node)
    let size = 1
    for (const child of children) size += this.sizeOf(child)
    this.sizes.set(node, size)
    return size
  }
}

function follow(root: Node, reference: string): Node | undefined {
  if (!reference.startsWith('#/')) return undefined
  let node: Node | undefined = root
  for (const token of reference.slice(2).split('/')) {
    const name = decode(token).replaceAll('~1', '/').replaceAll('~0', '~')
    node = node?.kind === 'list' ? node.items[Number(name)] : member(node, name)
  }
  return node
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token)
  } catch {
    return token
  }
}
