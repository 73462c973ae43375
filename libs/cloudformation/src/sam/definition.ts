// An OpenAPI document that is being written: the one a template brings, or a new one, with SAM's additions.
import type { MapNode, Node, Plain, PlainMap } from '../node.ts'
import { entriesOf, member, plant } from '../node.ts'

export const anyMethod = 'x-amazon-apigateway-any-method'

const verbs = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', anyMethod])

export class Definition {
  private readonly at: { readonly offset: number }
  private readonly members: Map<string, Node>
  private readonly paths: Map<string, Map<string, Node>>

  /** Continues `document`. */
  constructor(document: Node) {
    this.at = document
    this.members = new Map(entriesOf(document))
    this.paths = new Map(
      [...entriesOf(member(document, 'paths'))].map(([path, item]) => [path, new Map(entriesOf(item))]),
    )
  }

  /** Whether it is OpenAPI 2, which keeps security schemes and models elsewhere. */
  get isSwagger(): boolean {
    return this.members.has('swagger')
  }

  has(path: string, verb: string): boolean {
    const item = this.paths.get(path)
    return item !== undefined && (item.has(verb) || item.has(anyMethod))
  }

  get pathNames(): readonly string[] {
    return [...this.paths.keys()]
  }

  /** The verbs a path has methods for. */
  verbsOf(path: string): readonly string[] {
    return [...(this.paths.get(path)?.keys() ?? [])].filter((name) => verbs.has(name.toLowerCase()))
  }

  put(path: string, verb: string, operation: Plain): void {
    const item = this.paths.get(path) ?? new Map<string, Node>()
    this.paths.set(path, item.set(verb, plant(this.at, operation)))
  }

  /** Changes each operation. */
  edit(change: (operation: MapNode, verb: string) => Plain): void {
    for (const [path, item] of this.paths) {
      for (const verb of this.verbsOf(path)) {
        const operation = item.get(verb)
        if (operation?.kind === 'map') item.set(verb, plant(this.at, change(operation, verb)))
      }
    }
  }

  /** Adds members to a map at the top (`securityDefinitions`, or `components` → `securitySchemes`); what is there stays. */
  merge(path: readonly string[], additions: PlainMap): void {
    const [first = '', ...rest] = path
    if (Object.keys(additions).length === 0) return
    this.members.set(first, mergedAt(this.at, this.members.get(first), { rest, additions }))
  }

  set(name: string, value: Plain): void {
    this.members.set(name, plant(this.at, value))
  }

  get node(): MapNode {
    const paths = new Map(
      [...this.paths].map(([path, item]): [string, Node] => [
        path,
        { kind: 'map', entries: item, offset: this.at.offset },
      ]),
    )
    const entries = new Map(this.members).set('paths', { kind: 'map', entries: paths, offset: this.at.offset })
    return { kind: 'map', entries, offset: this.at.offset }
  }
}

function mergedAt(
  at: { readonly offset: number },
  node: Node | undefined,
  { rest, additions }: { readonly rest: readonly string[]; readonly additions: PlainMap },
): Node {
  const entries = new Map(entriesOf(node))
  const [name, ...deeper] = rest
  if (name !== undefined) {
    entries.set(name, mergedAt(at, entries.get(name), { rest: deeper, additions }))
  } else {
    for (const [key, value] of Object.entries(additions)) {
      if (value !== undefined && !entries.has(key)) entries.set(key, plant(at, value))
    }
  }
  return { kind: 'map', entries, offset: at.offset }
}
