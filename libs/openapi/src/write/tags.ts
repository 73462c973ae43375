// Writes the tags of an API as tags of the document.
import type { Node } from '../node.ts'
import { listOf, mapOf } from './tree.ts'

/** Tags of the API as tags of the document, with their values (rest.md 14.4). */
export function writeTags(tags: Readonly<Record<string, string>> | undefined): Node | undefined {
  const list = Object.entries(tags ?? {}).map(([name, value]) =>
    mapOf({ name, 'x-amazon-apigateway-tag-value': value }),
  )
  return list.length === 0 ? undefined : listOf(list)
}
