// Checks the properties of a SAM resource against tables of those that are handed on, read, or without effect here.
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain } from '../node.ts'
import { entriesOf, plant, textOf } from '../node.ts'
import type { Output } from './output.ts'

export interface PropertyTable {
  /** Handed on to the generated resource under the same name. */
  readonly kept: readonly string[]
  /** Read by the transform. */
  readonly read: readonly string[]
  /** SAM knows them; nothing here acts on them, and a remark says so. */
  readonly idle: readonly string[]
}

/** Throws a {@link Problem} for a property that SAM's type does not have; remarks on those without effect. */
export function checkProperties({ logicalId, type, properties }: Draft, table: PropertyTable, output: Output): void {
  const known = new Set([...table.kept, ...table.read])
  for (const [name, node] of properties.entries) {
    if (known.has(name)) continue
    if (!table.idle.includes(name)) throw new Problem(`${logicalId}: ${type} has no property ${name}`, node)
    output.remark(node, `${name} of ${logicalId} (${type}) has no effect here`)
  }
}

/** The members of `names` that the map has, as a part of a planted tree. */
export function keptOf(node: Node | undefined, names: readonly string[]): Readonly<Record<string, Node>> {
  const entries = entriesOf(node)
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = entries.get(name)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

/** SAM writes tags as a map, CloudFormation's v1 types as a list of keys and values. */
export function tagList(at: Node | Draft, tags: Node | undefined, more: Readonly<Record<string, string>> = {}): Plain {
  const pairs: (readonly [string, Plain])[] = [...entriesOf(tags), ...Object.entries(more)]
  return pairs.map(([Key, Value]) => plant(at, { Key, Value }))
}

/** A text that a property must have been given. */
export function requiredText(draft: Draft, name: string, node: Node | undefined): string {
  const text = textOf(node)
  if (text === undefined) throw new Problem(`${draft.logicalId} (${draft.type}) needs ${name}`, node ?? draft)
  return text
}
