// Schemas that an operation's bodies refer to and the document does not have: HTTP APIs use none, but AWS's parser misses them.
import { entriesOf, member, textOf, type Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import type { Operation } from './operation.ts'

const schemaReference = /^#\/components\/schemas\/([^/]+)$/

/** Warns of each schema that is referred to and not there, in the words of the parser behind AWS (http-websocket.md 2.5). */
export function warnOfMissingSchemas({ node, path, httpMethod }: Operation, reading: Reading): void {
  // AWS's own method is an extension, which the parser does not look into.
  if (httpMethod === 'ANY') return
  const attribute = `paths.'${path}'(${httpMethod.toLowerCase()})`
  warnOfContent(member(node, 'requestBody'), `${attribute}.requestBody`, reading)
  for (const [status, response] of entriesOf(member(node, 'responses'))) {
    warnOfContent(response, `${attribute}.responses.${status}`, reading)
  }
}

function warnOfContent(body: Node | undefined, attribute: string, reading: Reading): void {
  const schemas = entriesOf(member(member(reading.root, 'components'), 'schemas'))
  for (const media of entriesOf(member(body, 'content')).values()) {
    const schema = member(media, 'schema')
    const reference = textOf(member(schema, '$ref')) ?? ''
    const name = schemaReference.exec(reference)?.[1]
    if (schema === undefined || name === undefined || schemas.has(name)) continue
    reading.warn(`Parse issue: attribute ${attribute}.content.schema.${reference} is missing`, schema)
  }
}
