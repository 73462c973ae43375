// The tree a template becomes, JSON and YAML alike: values, and the functions that are yet to be evaluated.

/** A value of the template. `offset` is where it stands in the text; a member of a map stands where its key does. */
export type Node = ScalarNode | ListNode | MapNode | CallNode

/** A string, number, boolean or null. `text` is how it was written: `012` stays `012` where a text is wanted. */
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

/** `Ref`, `Condition` or `Fn::…` with its argument. None is left once a resource's properties are resolved. */
export interface CallNode {
  readonly kind: 'call'
  readonly name: string
  readonly argument: Node
  readonly offset: number
}

const noEntries: ReadonlyMap<string, Node> = new Map()
const noItems: readonly Node[] = []

/** The member of a map; `undefined` when there is none, it is null, or `node` is no map. */
export function member(node: Node | undefined, name: string): Node | undefined {
  const found = node?.kind === 'map' ? node.entries.get(name) : undefined
  return found?.kind === 'scalar' && found.value === null ? undefined : found
}

/** The members of a map in the template's order; none for anything else. */
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

/** A boolean, also one written as a string. */
export function booleanOf(node: Node | undefined): boolean | undefined {
  if (node?.kind === 'scalar' && typeof node.value === 'boolean') return node.value
  const text = textOf(node)?.toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** The name in `{Ref: name}`; undefined for any other node. */
export function refOf(node: Node | undefined): string | undefined {
  return node?.kind === 'call' && node.name === 'Ref' ? textOf(node.argument) : undefined
}

/** The input of {@link plant}: plain values with nodes in between. Our own objects have no member `kind`. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainMap | Node
export interface PlainMap {
  readonly [name: string]: Plain | undefined
}

/** A tree of plain values and nodes; new nodes get the offset of `at`. Members that are `undefined` are left out. */
export function plant(at: { readonly offset: number }, value: Plain): Node {
  const { offset } = at
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', value, text: String(value), offset }
  if (isList(value)) return { kind: 'list', items: value.map((item) => plant(at, item)), offset }
  if (isNode(value)) return value
  const entries = new Map<string, Node>()
  for (const [name, each] of Object.entries(value)) if (each !== undefined) entries.set(name, plant(at, each))
  return { kind: 'map', entries, offset }
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value)
}

function isNode(value: object): value is Node {
  return 'kind' in value && 'offset' in value
}

/** A function with its argument, as a part of a planted tree. */
export function call(at: { readonly offset: number }, name: string, argument: Plain): CallNode {
  return { kind: 'call', name, argument: plant(at, argument), offset: at.offset }
}

/** A map of nodes under any names, as a part of a planted tree. */
export function mapOf(at: { readonly offset: number }, entries: Iterable<readonly [string, Node]>): MapNode {
  return { kind: 'map', entries: new Map(entries), offset: at.offset }
}

/** Whether the tree contains a function that is not evaluated yet. */
export function isPending(node: Node): boolean {
  if (node.kind === 'call') return true
  if (node.kind === 'list') return node.items.some(isPending)
  return node.kind === 'map' && node.entries.values().some(isPending)
}
