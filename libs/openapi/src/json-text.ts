// Writes nodes and values as JSON text: compact for templates and policies, Jackson's spacing for model schemas.
import type { Node } from './node.ts'

const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A node as compact JSON. Numbers keep the digits they were written with. */
export function compactJson(node: Node): string {
  if (node.kind === 'scalar') return scalarJson(node.value, node.text)
  if (node.kind === 'list') return `[${node.items.map(compactJson).join(',')}]`
  return `{${[...node.entries].map(([key, value]) => `${JSON.stringify(key)}:${compactJson(value)}`).join(',')}}`
}

/** A node in the form in which AWS stores model schemas: two blanks, ` : ` after keys, lists on one line — Jackson's default printer. */
export function prettyJson(node: Node, indent: string = ''): string {
  if (node.kind === 'scalar') return scalarJson(node.value, node.text)
  if (node.kind === 'list') {
    if (node.items.length === 0) return '[ ]'
    return `[ ${node.items.map((item) => prettyJson(item, indent)).join(', ')} ]`
  }
  if (node.entries.size === 0) return '{ }'
  const inner = `${indent}  `
  const members = [...node.entries].map(
    ([key, value]) => `${inner}${JSON.stringify(key)} : ${prettyJson(value, inner)}`,
  )
  return `{\n${members.join(',\n')}\n${indent}}`
}

function scalarJson(value: string | number | boolean | null, text: string): string {
  if (typeof value !== 'number') return JSON.stringify(value)
  if (numberForm.test(text)) return text
  return Number.isFinite(value) ? String(value) : 'null'
}
