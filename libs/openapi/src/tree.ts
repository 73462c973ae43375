// Builds trees for both readers: budgets, AWS's `${AWS::…}` variables, and keys that appear twice.
import { maximumNodes } from './budget.ts'
import type { Node, ScalarNode } from './node.ts'

/** The values of `${AWS::AccountId}`, `${AWS::Partition}` and `${AWS::Region}`, which AWS puts in anywhere. */
export interface PseudoParameters {
  readonly accountId: string
  readonly partition: string
  readonly region: string
}

/** A text that is not JSON, not YAML, or too large. `budget` faults end the reading; others let the next reader try. */
export class TextFault extends Error {
  override readonly name = 'TextFault'
  readonly offset: number
  readonly budget: boolean

  constructor(message: string, offset: number, budget: boolean = false) {
    super(message)
    this.offset = offset
    this.budget = budget
  }
}

/** The values by the names that stand behind `AWS::`. */
type Variables = ReadonlyMap<string, string>

export function variablesOf(parameters: PseudoParameters | undefined): Variables {
  if (parameters === undefined) return new Map()
  const { accountId, partition, region } = parameters
  return new Map([
    ['AccountId', accountId],
    ['Partition', partition],
    ['Region', region],
  ])
}

export class TreeBuilder {
  /** Offsets of keys that their map already had; the last one counts, as it does for AWS's reader. */
  readonly duplicates: number[] = []
  private nodes = 0
  private readonly variables: Variables

  constructor(variables: Variables) {
    this.variables = variables
  }

  /** Nodes so far, with aliases counted in full. */
  get size(): number {
    return this.nodes
  }

  /** A builder for parts of the text that were read before: what it counts and finds twice is known. */
  again(): TreeBuilder {
    return new TreeBuilder(this.variables)
  }

  count(nodes: number, offset: number): void {
    this.nodes += nodes
    if (this.nodes > maximumNodes) throw new TextFault('The document has too many nodes', offset, true)
  }

  add(entries: Map<string, Node>, key: string, value: Node): void {
    if (entries.has(key)) this.duplicates.push(value.offset)
    entries.set(key, value)
  }

  scalar(value: string | number | boolean | null, text: string | undefined, offset: number): ScalarNode {
    if (typeof value !== 'string') return { kind: 'scalar', value, text: text ?? String(value), offset }
    const substituted = this.substitute(value)
    return { kind: 'scalar', value: substituted, text: substituted, offset }
  }

  substitute(text: string): string {
    if (this.variables.size === 0 || !text.includes('${AWS::')) return text
    return text.replace(/\$\{AWS::(\w+)\}/g, (whole, name: string) => this.variables.get(name) ?? whole)
  }
}
