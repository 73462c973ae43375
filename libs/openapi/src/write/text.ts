// From tree to text: JSON as AWS prints it, or YAML with quoted strings.
import type { Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { prettyJson } from '../json-text.ts'
import type { Node } from '../node.ts'
import { yamlPackage } from '../yaml-package.ts'

export type TextFormat = 'json' | 'yaml'

/** The document as text. */
export function writeText(root: Node, format: TextFormat): string {
  if (format === 'json') return prettyJson(root)
  const { Document } = yamlPackage()
  const document = new Document<YAMLMap>()
  document.contents = yamlOf(root) as YAMLMap
  return document.toString({ lineWidth: 0, directives: true })
}

function yamlOf(node: Node): YAMLMap | YAMLSeq | Scalar {
  const { Pair, Scalar, YAMLMap, YAMLSeq } = yamlPackage()
  if (node.kind === 'list') {
    const list = new YAMLSeq()
    list.flow = node.items.length === 0
    list.items = node.items.map(yamlOf)
    return list
  }
  if (node.kind === 'scalar') return scalarOf(node.value, node.text)
  const map = new YAMLMap()
  map.flow = node.entries.size === 0
  map.items = [...node.entries].map(([key, value]) => new Pair(new Scalar(key), yamlOf(value)))
  return map
}

function scalarOf(value: string | number | boolean | null, text: string): Scalar {
  const { Scalar } = yamlPackage()
  const scalar = new Scalar(value)
  if (typeof value === 'string') scalar.type = 'QUOTE_DOUBLE'
  const decimals = /^-?\d+\.(\d+)$/.exec(text)?.[1]
  if (typeof value === 'number' && decimals !== undefined) scalar.minFractionDigits = decimals.length
  return scalar
}
