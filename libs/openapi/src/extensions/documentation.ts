// `x-amazon-apigateway-documentation` of the document: documentation parts and their version.
import { compactJson } from '../json-text.ts'
import { entriesOf, itemsOf, member, textOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present } from '../record.ts'
import type { DocumentationLocation, DocumentationPart } from '../rest-description.ts'

export interface Documentation {
  readonly documentationParts: readonly DocumentationPart[]
  readonly documentationVersion?: string
}

/** The parts with their properties as JSON text; parts without a location type are warned of and left out. */
export function readDocumentationExtension(reading: Reading): Documentation {
  const extension = member(reading.root, 'x-amazon-apigateway-documentation')
  const documentationParts: DocumentationPart[] = []
  for (const part of itemsOf(member(extension, 'documentationParts'))) {
    const location = readLocation(member(part, 'location'))
    if (location === undefined) reading.warn('A documentation part has no location type. Ignoring.', part)
    else documentationParts.push({ location, properties: propertiesText(member(part, 'properties')) })
  }
  return present<Documentation>({ documentationParts, documentationVersion: textOf(member(extension, 'version')) })
}

function propertiesText(properties: Node | undefined): string {
  if (properties === undefined) return '{}'
  return properties.kind === 'scalar' ? properties.text : compactJson(properties)
}

function readLocation(node: Node | undefined): DocumentationLocation | undefined {
  const type = textOf(entriesOf(node).get('type'))
  if (type === undefined) return undefined
  return present<DocumentationLocation>({
    type,
    path: textOf(member(node, 'path')),
    method: textOf(member(node, 'method')),
    statusCode: textOf(member(node, 'statusCode')),
    name: textOf(member(node, 'name')),
  })
}
