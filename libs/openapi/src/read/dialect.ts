// Finds the version of OpenAPI that a document is written in, and begins the reading.
import type { ParsedDocument } from '../document.ts'
import { DocumentFault, invalidInput } from '../fault.ts'
import { entriesOf, member, textOf } from '../node.ts'
import { Reading } from '../reading.ts'
import type { Dialect } from '../reading.ts'

/** Root members that OpenAPI 3.1 added and AWS has no counterpart for. */
const membersOf31 = ['webhooks', 'jsonSchemaDialect']

/**
 * Begins to read: Swagger 2.0 and OpenAPI 3.0 are AWS's, 3.1 is read as 3.0 with warnings (rest.md 14.1, Own).
 * Throws `DocumentFault` with `Invalid OpenAPI input.` for anything else.
 */
export function beginReading(document: ParsedDocument): Reading {
  const { root } = document
  const dialect = dialectOf(textOf(member(root, 'swagger')), textOf(member(root, 'openapi')))
  if (dialect === undefined) {
    const node = member(root, 'openapi') ?? member(root, 'swagger') ?? root
    const detail = 'The document must say swagger: "2.0" or openapi: 3.0.x'
    throw new DocumentFault(invalidInput, document.placeOf(node), detail)
  }
  const reading = new Reading(document, dialect)
  for (const offset of document.duplicateKeys) {
    reading.warn('A key appears twice in one object. Ignoring all but the last.', { kind: 'list', items: [], offset })
  }
  warnOf31(reading)
  return reading
}

function dialectOf(swagger: string | undefined, openapi: string | undefined): Dialect | undefined {
  if (swagger === '2.0' || swagger === '2') return { major: 2, minor: 0 }
  const minor = /^3\.([01])(?:\.\d+)?(?:-.*)?$/.exec(openapi ?? '')?.[1]
  return minor === undefined ? undefined : { major: 3, minor: Number(minor) }
}

function warnOf31(reading: Reading): void {
  const version = member(reading.root, 'openapi')
  if (reading.dialect.minor === 0 || version === undefined) return
  reading.warn('OpenAPI 3.1 is not supported by API Gateway. Reading the document as OpenAPI 3.0.', version)
  for (const name of membersOf31) {
    const node = member(reading.root, name)
    if (node !== undefined) reading.warn(`Unsupported member '${name}' of OpenAPI 3.1. Ignoring.`, node)
  }
}

/** Warns of required members that the root lacks, in the words of the OpenAPI parser behind AWS. */
export function warnOfMissing(reading: Reading): void {
  const { root } = reading
  const info = member(root, 'info')
  const missing = (attribute: string): void =>
    reading.warn(`Parse issue: attribute ${attribute} is missing`, info ?? root)
  if (info === undefined) missing('info')
  else {
    for (const name of ['title', 'version']) if (!entriesOf(info).has(name)) missing(`info.${name}`)
  }
  if (member(root, 'paths') === undefined) reading.warn('Parse issue: attribute paths is missing', root)
}
