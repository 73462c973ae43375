// Walks the paths of a document and yields its operations, whichever kind of API they are for.
import { entriesOf, itemsOf, member } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import type { Operation } from './operation.ts'
import { isOfShape } from './shapes.ts'

const anyMethod = 'x-amazon-apigateway-any-method'
const verbs: ReadonlyMap<string, string> = new Map([
  ['get', 'GET'],
  ['put', 'PUT'],
  ['post', 'POST'],
  ['delete', 'DELETE'],
  ['options', 'OPTIONS'],
  ['head', 'HEAD'],
  ['patch', 'PATCH'],
  [anyMethod, 'ANY'],
])

/** Verbs of OpenAPI that API Gateway has no method for. */
const unsupportedVerbs: ReadonlySet<string> = new Set(['trace'])

/** A path item with the path it is for, in document order. */
export interface PathItem {
  readonly path: string
  readonly node: Node
}

/** The path items of the document with references followed, their paths as `toPath` makes them; `x-…` are no paths. */
export function pathItemsOf(reading: Reading, toPath: (written: string) => string): PathItem[] {
  const items: PathItem[] = []
  for (const [path, written] of entriesOf(member(reading.root, 'paths'))) {
    if (path.startsWith('x-')) continue
    if (!path.startsWith('/'))
      reading.warn(`Parse issue: attribute paths. Resource ${path} should start with /`, written)
    const node = reading.resolve(written)
    if (node !== undefined) items.push({ path: toPath(path), node })
  }
  return items
}

/** The operations of one path item. Throws `DocumentFault` when the document asks for more than the budget. */
export function* operationsOf({ path, node }: PathItem, reading: Reading): Generator<Operation> {
  const sharedParameters = itemsOf(member(node, 'parameters'))
  for (const [name, written] of entriesOf(node)) {
    const httpMethod = verbs.get(name)
    if (httpMethod === undefined) {
      if (unsupportedVerbs.has(name))
        reading.warn(`Unsupported method '${name}' for path '${path}'. Ignoring.`, written)
      continue
    }
    reading.countOperation(written)
    const attribute = `paths.'${path}'(${name})`
    if (!isOfShape(written, 'object', attribute, reading)) continue
    for (const list of ['parameters', 'security']) {
      isOfShape(member(written, list), 'array', `${attribute}.${list}`, reading)
    }
    isOfShape(member(written, 'responses'), 'object', `${attribute}.responses`, reading)
    if (name !== anyMethod && member(written, 'responses') === undefined) {
      reading.warn(`Parse issue: attribute ${attribute}.responses is missing`, written)
    }
    yield { node: written, path, httpMethod, sharedParameters }
  }
}
