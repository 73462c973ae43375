// Builds the tree of a document to be written; what is undefined is left out.
import type { Node } from '../node.ts'
import { readJson } from '../json.ts'
import { TextFault, TreeBuilder } from '../tree.ts'

/** The values that trees are made of: plain ones, and nodes that came from a document. */
export type Value = Node | string | number | boolean | readonly string[] | undefined

/** A map of the members that are there. */
export function mapOf(members: Readonly<Record<string, Value>>): Node {
  return mapOfPairs(Object.entries(members))
}

/** A map of pairs in their order, for keys that come from a document. */
export function mapOfPairs(pairs: Iterable<readonly [string, Value]>): Node {
  const entries = new Map<string, Node>()
  for (const [key, value] of pairs) if (value !== undefined) entries.set(key, nodeOf(value))
  return { kind: 'map', entries, offset: 0 }
}

/** A map made of a record's members; `undefined` for one that has none. */
export function mapped<V>(
  record: Readonly<Record<string, V>> | undefined,
  change: (value: V, key: string) => Value,
): Node | undefined {
  const pairs = Object.entries(record ?? {})
  return pairs.length === 0 ? undefined : mapOfPairs(pairs.map(([key, value]) => [key, change(value, key)] as const))
}

/** A map of strings as it is; `undefined` for an empty one. */
export function stringsOf(record: Readonly<Record<string, string>> | undefined): Node | undefined {
  return mapped(record, (value) => value)
}

export function listOf(items: readonly Value[]): Node {
  return { kind: 'list', items: items.flatMap((item) => (item === undefined ? [] : [nodeOf(item)])), offset: 0 }
}

/** A tree from JSON text, numbers as they were written; the text itself where it is no JSON. */
export function parsed(text: string): Node {
  try {
    return readJson(text, new TreeBuilder(new Map()))
  } catch (error) {
    if (error instanceof TextFault) return nodeOf(text)
    throw error
  }
}

function nodeOf(value: Exclude<Value, undefined>): Node {
  if (typeof value !== 'object') return { kind: 'scalar', value, text: String(value), offset: 0 }
  return isNode(value) ? value : listOf(value)
}

function isNode(value: Node | readonly string[]): value is Node {
  return 'kind' in value
}
