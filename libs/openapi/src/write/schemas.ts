// Writes models as named schemas, their references turned back into references within the document.
import { textOf } from '../node.ts'
import type { Node } from '../node.ts'
import { modelNameOf } from '../read/schema.ts'
import type { Model } from '../rest-description.ts'
import { modelRef } from './rest-operation.ts'
import { mapOfPairs, parsed } from './tree.ts'

/** The models by name; `undefined` when there are none. A schema that is no JSON is left out. */
export function writeSchemas(models: readonly Model[], swagger: boolean): Node | undefined {
  const schemas = models.flatMap(({ name, schema }): [string, Node][] => {
    const tree = parsed(schema)
    return tree.kind === 'map' ? [[name, localise(tree, swagger)]] : []
  })
  return schemas.length === 0 ? undefined : mapOfPairs(schemas)
}

function localise(node: Node, swagger: boolean): Node {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => localise(item, swagger)) }
  if (node.kind === 'scalar') return node
  const model = modelNameOf(textOf(node.entries.get('$ref')) ?? '')
  if (model !== undefined) return modelRef(model, swagger)
  return { ...node, entries: new Map([...node.entries].map(([key, value]) => [key, localise(value, swagger)])) }
}
