// The syntax tree of a pattern: the shapes that parsing produces, and facts that follow from them.
import type { Folding } from './case.ts'
import type { CodePointSet } from './code-points.ts'

/** One part of a pattern. Flags do not appear: parsing has applied them to sets and assertions. */
export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CodePointSet }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'capture'; readonly group: number; readonly body: Node }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'repeat'; readonly body: Node; readonly min: number; readonly max: number; readonly greed: Greed }
  | { readonly kind: 'look'; readonly body: Node; readonly ahead: boolean; readonly negated: boolean }
  | { readonly kind: 'backreference'; readonly group: number; readonly folding: Folding }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }

export type Greed = 'greedy' | 'lazy' | 'possessive'

/**
 * Places in the subject. `lastLine` is the end or the line terminator that ends the subject (`$`, `\Z`);
 * `unix…` know `\n` as the only line terminator, as under (?d).
 */
export type Assertion =
  | 'start'
  | 'end'
  | 'lastLine'
  | 'unixLastLine'
  | 'lineStart'
  | 'unixLineStart'
  | 'lineEnd'
  | 'unixLineEnd'
  | 'word'
  | 'notWord'

/** A parsed pattern. */
export interface Pattern {
  readonly root: Node
  readonly groupCount: number
  readonly groupNames: ReadonlyMap<string, number>
}

const emptyNode: Node = { kind: 'empty' }

/** A sequence of the parts; the part itself when there is only one. */
export function sequence(parts: readonly Node[]): Node {
  const [only] = parts
  return parts.length > 1 ? { kind: 'sequence', parts } : (only ?? emptyNode)
}

/** The direct children of a node. */
export function partsOf(node: Node): readonly Node[] {
  if (node.kind === 'sequence' || node.kind === 'choice') return node.parts
  return 'body' in node ? [node.body] : []
}

/** Whether a node, or any node in it, passes a test. */
export function some(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || partsOf(node).some((part) => some(part, test))
}

/** The fewest and the most UTF-16 units that a node matches. A back-reference may match any number. */
export function lengthsOf(node: Node): readonly [min: number, max: number] {
  switch (node.kind) {
    case 'set':
      return [1, (node.set.at(-1) ?? 0) > 0xffff ? 2 : 1]
    case 'sequence':
      return node.parts.map(lengthsOf).reduce(([min, max], [least, most]) => [min + least, max + most], [0, 0])
    case 'choice':
      return node.parts
        .map(lengthsOf)
        .reduce(([min, max], [least, most]) => [Math.min(min, least), Math.max(max, most)], [Infinity, 0])
    case 'capture':
    case 'atomic':
      return lengthsOf(node.body)
    case 'repeat': {
      const [min, max] = lengthsOf(node.body)
      return [min * node.min, max === 0 ? 0 : max * node.max]
    }
    case 'backreference':
      return [0, Infinity]
    default:
      return [0, 0]
  }
}

/** Whether a node can match the empty text. */
export function isNullable(node: Node): boolean {
  return lengthsOf(node)[0] === 0
}
