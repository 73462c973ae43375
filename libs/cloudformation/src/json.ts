// Writes trees as JSON text and as plain values.
import type { Node } from './node.ts'

/** A value of JSON. Objects are made member by member, so that `__proto__` is a name like any other. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** The JSON text of a tree. Numbers stay as they were written where JSON allows it, functions are in their long form. */
export function jsonText(node: Node): string {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' && jsonNumber.test(node.text) ? node.text : scalarText(node.value)
    case 'list':
      return `[${node.items.map(jsonText).join(',')}]`
    case 'map':
      return `{${[...node.entries].map(([name, each]) => `${JSON.stringify(name)}:${jsonText(each)}`).join(',')}}`
    case 'call':
      return `{${JSON.stringify(node.name)}:${jsonText(node.argument)}}`
  }
}

/** The JSON text of a scalar; YAML's `.inf` and `.nan` have none. */
function scalarText(value: string | number | boolean | null): string {
  return typeof value === 'number' && !Number.isFinite(value) ? JSON.stringify(String(value)) : JSON.stringify(value)
}

/** A tree as plain values. */
export function jsonOf(node: Node): Json {
  return JSON.parse(jsonText(node)) as Json
}
