// Warns of members of the wrong shape, which are ignored, in the words of the OpenAPI parser behind AWS.
import { entriesOf, member } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'

type Shape = 'object' | 'array'

/** Members of the root by the shape that they must have. */
const rootShape: Readonly<Record<string, Shape>> = {
  info: 'object',
  paths: 'object',
  components: 'object',
  definitions: 'object',
  securityDefinitions: 'object',
  servers: 'array',
  tags: 'array',
  security: 'array',
  'x-amazon-apigateway-documentation': 'object',
  'x-amazon-apigateway-gateway-responses': 'object',
  'x-amazon-apigateway-request-validators': 'object',
}

/** Maps whose every member is a map. */
const mapsOfObjects: readonly (readonly string[])[] = [
  ['components', 'schemas'],
  ['components', 'securitySchemes'],
  ['definitions'],
  ['securityDefinitions'],
  ['x-amazon-apigateway-gateway-responses'],
  ['x-amazon-apigateway-request-validators'],
]

/** Whether a node is of the shape; if not, warns of it. Absent nodes and null are of any shape. */
export function isOfShape(node: Node | undefined, shape: Shape, attribute: string, reading: Reading): boolean {
  if (node === undefined || node.kind === (shape === 'object' ? 'map' : 'list')) return true
  reading.warn(`Parse issue: attribute ${attribute} is not of type \`${shape}\``, node)
  return false
}

/** Warns of members beside the paths that are ignored because they are no map or no list. */
export function warnOfWrongShapes(reading: Reading): void {
  const { root } = reading
  for (const [name, shape] of Object.entries(rootShape)) isOfShape(member(root, name), shape, name, reading)
  for (const path of mapsOfObjects) {
    const parent = path.reduce<Node | undefined>(member, root)
    const attribute = path.join('.')
    if (path.length > 1) isOfShape(parent, 'object', attribute, reading)
    for (const name of entriesOf(parent).keys()) {
      isOfShape(member(parent, name), 'object', `${attribute}.${name}`, reading)
    }
  }
  const documentation = member(root, 'x-amazon-apigateway-documentation')
  const parts = 'documentationParts'
  isOfShape(member(documentation, parts), 'array', `x-amazon-apigateway-documentation.${parts}`, reading)
}
