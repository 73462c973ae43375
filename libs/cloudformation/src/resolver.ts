// The second evaluation: puts in the values of created resources, after which no function is left.
import type { Draft } from './draft.ts'
import { Evaluator, type Scope } from './evaluator.ts'
import { Problem } from './fault.ts'
import { intrinsics } from './intrinsics.ts'
import { jsonText } from './json.ts'
import type { MapNode, Node } from './node.ts'
import { plant, textOf } from './node.ts'
import type { LineIndex } from './place.ts'

/** The values of created resources; `undefined` for unknown ones. */
export interface ResourceValues {
  /** The value of `Ref`. */
  readonly ref: (logicalId: string) => string | undefined
  /** The value of `Fn::GetAtt`. */
  readonly attribute: (logicalId: string, name: string) => string | readonly string[] | undefined
}

export class Resolver {
  private readonly scope: Scope
  private readonly aliases: ReadonlyMap<string, string>
  private readonly lines: LineIndex

  constructor(scope: Scope, aliases: ReadonlyMap<string, string>, lines: LineIndex) {
    this.scope = scope
    this.aliases = aliases
    this.lines = lines
  }

  properties({ properties }: Draft, values: ResourceValues): MapNode {
    return this.lines.guard(() => this.evaluator(values).value(properties) as MapNode)
  }

  /** A value as text; one that is no text as JSON. */
  text(node: Node, values: ResourceValues): string {
    return this.lines.guard(() => {
      const value = this.evaluator(values).value(node)
      return textOf(value) ?? jsonText(value)
    })
  }

  private evaluator({ ref, attribute }: ResourceValues): Evaluator {
    const refValue = (logicalId: string, node: Node): Node => {
      const id = this.aliases.get(logicalId) ?? logicalId
      const value = ref(id)
      if (value === undefined) throw new Problem(`${id} is not there yet, and Ref has no value for it`, node)
      return plant(node, value)
    }
    const attributeValue = (logicalId: string, name: string, node: Node): Node => {
      const alias = this.aliases.get(`${logicalId}.${name}`)
      if (alias !== undefined) return refValue(alias, node)
      const value = attribute(logicalId, name)
      if (value === undefined) throw new Problem(`${logicalId} has no attribute ${name} here`, node)
      return plant(node, value)
    }
    return new Evaluator({ ...this.scope, ref: refValue, attribute: attributeValue }, intrinsics)
  }
}
