// The tree a document becomes, JSON and YAML alike, and the small readers every rule is written with.

/** A value of the document. `offset` is where its key stands in the text (where the value stands, in lists). */
export type Node = ScalarNode | ListNode | MapNode

/** A string, number, boolean or null. `text` is how it was written: `1.0` stays `1.0`. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly text: string
  readonly offset: number
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly offset: number
}

export interface MapNode {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Node>
  readonly offset: number
}

const noEntries: ReadonlyMap<string, Node> = new Map()
const noItems: readonly Node[] = []

/** The member `name` of a map; `undefined` when there is none, it is null, or `node` is no map. */
export function member(node: Node | undefined, name: string): Node | undefined {
  const found = node?.kind === 'map' ? node.entries.get(name) : undefined
  return found?.kind === 'scalar' && found.value === null ? undefined : found
}

/** The members of a map in document order; none for anything else. */
export function entriesOf(node: Node | undefined): ReadonlyMap<string, Node> {
  return node?.kind === 'map' ? node.entries : noEntries
}

/** The items of a list; none for anything else. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : noItems
}

/** The text of any scalar but null, as written: `200` and `"200"` are both `200`. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined
}

/** The text of a scalar in upper case, for AWS's enums, which documents may spell in any case. */
export function enumOf(node: Node | undefined): string | undefined {
  return textOf(node)?.toUpperCase()
}

/** A boolean, also one written as a string in any case. */
export function booleanOf(node: Node | undefined): boolean | undefined {
  const text = textOf(node)?.toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** A whole number, also one written as a string. */
export function integerOf(node: Node | undefined): number | undefined {
  const text = textOf(node)?.trim()
  return text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** The texts of a list's scalars; a lone scalar counts as a list of one, as Jackson reads it for AWS. */
export function textsOf(node: Node | undefined): string[] {
  const items = node?.kind === 'scalar' ? [node] : itemsOf(node)
  return items.map((item) => textOf(item)).filter((text) => text !== undefined)
}
