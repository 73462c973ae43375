// Decides which kind of API a document means. AWS has two import commands for that; a file on the command line has only its content.
import type { ParsedDocument } from '@sluice/openapi'

type Node = ParsedDocument['root']

/** Members that only HTTP APIs have. */
const httpOnly = new Set([
  'x-amazon-apigateway-cors',
  'x-amazon-apigateway-importexport-version',
  'x-amazon-apigateway-integrations',
  'payloadFormatVersion',
])

/** Integration types that only REST APIs have. */
const restOnlyTypes = new Set(['mock', 'aws', 'http'])

/** True when the document uses something that only HTTP APIs have and nothing that only REST APIs have; a REST API otherwise. */
export function isHttpApi({ root }: ParsedDocument): boolean {
  if (root.kind !== 'map' || root.entries.has('swagger')) return false
  const found = { http: false, rest: false }
  visit(root, found)
  return found.http && !found.rest
}

function visit(node: Node, found: { http: boolean; rest: boolean }): void {
  if (node.kind === 'list') for (const item of node.items) visit(item, found)
  if (node.kind !== 'map') return
  for (const [name, value] of node.entries) {
    if (httpOnly.has(name)) found.http = true
    if (name === 'x-amazon-apigateway-integration') {
      const type = value.kind === 'map' ? value.entries.get('type') : undefined
      if (type?.kind === 'scalar' && restOnlyTypes.has(type.text.toLowerCase())) found.rest = true
    }
    if (name !== 'example' && name !== 'examples') visit(value, found)
  }
}
