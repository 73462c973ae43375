// Evaluates a tree: known values are put in, and functions that wait for a resource stay.
import { maximumDepth, Meter, costOf } from './budget.ts'
import { Problem } from './fault.ts'
import type { CallNode, ListNode, MapNode, Node, ScalarNode } from './node.ts'

/** The things that functions look up. Each lookup answers `undefined` for what is not known (yet). */
export interface Scope {
  readonly parameters: ReadonlyMap<string, Node>
  readonly mappings: ReadonlyMap<string, Node>
  /** Whether a condition holds. Throws a {@link Problem} at `node` for one that is not there. */
  readonly condition: (name: string, node: Node) => boolean
  /** The tree of a file that the template includes, standing at `node`. */
  readonly include: (location: string, node: Node) => Node
  /** The value of `Ref` for a resource; absent while nothing is created. */
  readonly ref?: ((logicalId: string, node: Node) => Node) | undefined
  /** The value of `Fn::GetAtt` for a resource; absent while nothing is created. */
  readonly attribute?: ((logicalId: string, name: string, node: Node) => Node) | undefined
}

/** A function of templates: the value of a call, `undefined` for no value at all (`AWS::NoValue`). Throws {@link Problem}s. */
export type Intrinsic = (call: CallNode, evaluator: Evaluator) => Node | undefined

export class Evaluator {
  readonly scope: Scope
  private readonly functions: ReadonlyMap<string, Intrinsic>
  private readonly meter = new Meter()
  private depth = 0

  constructor(scope: Scope, functions: ReadonlyMap<string, Intrinsic>) {
    this.scope = scope
    this.functions = functions
  }

  /** The tree, evaluated as far as possible; `undefined` when it is `AWS::NoValue`. */
  evaluate(node: Node): Node | undefined {
    this.spend(node, node.kind === 'scalar' ? node.text.length : 0)
    this.depth += 1
    if (this.depth > 2 * maximumDepth) throw new Problem('The functions are nested too deeply', node)
    try {
      if (node.kind === 'call') return this.call(node)
      if (node.kind === 'list') return this.list(node)
      return node.kind === 'map' ? this.map(node) : this.scalar(node)
    } finally {
      this.depth -= 1
    }
  }

  /** As {@link evaluate}, but throws when there is no value. */
  value(node: Node): Node {
    const value = this.evaluate(node)
    if (value === undefined) throw new Problem('AWS::NoValue cannot stand here', node)
    return value
  }

  /** A node for a text that a function makes, whose characters are counted. */
  text(at: Node, text: string): ScalarNode {
    this.spend(at, text.length)
    return { kind: 'scalar', value: text, text, offset: at.offset }
  }

  /** Counts characters before they are concatenated. */
  spend(at: Node, characters: number): void {
    if (!this.meter.spend(costOf(characters))) throw new Problem('The template makes too much of its functions', at)
  }

  private call(node: CallNode): Node | undefined {
    const run = this.functions.get(node.name)
    if (run === undefined) throw new Problem(`There is no function ${node.name}`, node)
    return run(node, this)
  }

  private list(node: ListNode): ListNode {
    const items = node.items.map((item) => this.evaluate(item)).filter((item) => item !== undefined)
    return { ...node, items }
  }

  private map(node: MapNode): MapNode {
    const entries = new Map<string, Node>()
    for (const [name, each] of node.entries) {
      if (name === 'Fn::Transform') {
        for (const [key, value] of this.included(each)) if (!node.entries.has(key)) entries.set(key, value)
        continue
      }
      if (name.startsWith('Fn::')) throw new Problem(`${name} must be the only member of its map`, each)
      const value = this.evaluate(each)
      if (value !== undefined) entries.set(name, value)
    }
    return { ...node, entries }
  }

  /** AWS: `Fn::Transform` beside other members brings in what they do not say themselves. */
  private included(argument: Node): ReadonlyMap<string, Node> {
    const value = this.value({ kind: 'call', name: 'Fn::Transform', argument, offset: argument.offset })
    if (value.kind !== 'map') throw new Problem('What is included beside other members is a map', argument)
    return value.entries
  }

  private scalar(node: ScalarNode): ScalarNode {
    if (node.value === null) throw new Problem("'null' values are not allowed in templates", node)
    return node
  }
}
