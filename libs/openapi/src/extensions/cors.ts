// `x-amazon-apigateway-cors` of the document: the CORS configuration of an HTTP API.
import type { Cors } from '../http-description.ts'
import { booleanOf, entriesOf, integerOf, member, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import { present } from '../record.ts'

const listMembers = ['allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders'] as const

/** The configuration in AWS's shape (http-websocket.md 10.1); `undefined` when the document has none. */
export function readCors(root: Node): Cors | undefined {
  const node = member(root, 'x-amazon-apigateway-cors')
  if (node === undefined || entriesOf(node).size === 0) return undefined
  const lists = listMembers.map((name) => {
    const values = member(node, name)
    return [name, values && textsOf(values)] as const
  })
  return present<Cors>({
    ...(Object.fromEntries(lists) as Record<(typeof listMembers)[number], string[] | undefined>),
    allowCredentials: booleanOf(member(node, 'allowCredentials')),
    maxAge: integerOf(member(node, 'maxAge')),
  })
}
