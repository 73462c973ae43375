// Finds the documentation part for a place in the API, and those of its properties that are fields of OpenAPI.
import { entriesOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { DocumentationLocation, DocumentationPart } from '../rest-description.ts'
import { mapOf, parsed } from './tree.ts'

/** The properties that OpenAPI has a field for, by type of part; others are written only as documentation (rest.md 14.5). */
const fieldsByType: Readonly<Record<string, readonly string[]>> = {
  RESOURCE: ['summary', 'description'],
  METHOD: ['summary', 'description', 'tags', 'deprecated', 'externalDocs'],
  PATH_PARAMETER: ['description'],
  QUERY_PARAMETER: ['description'],
  REQUEST_HEADER: ['description'],
  REQUEST_BODY: ['description'],
  RESPONSE: ['description'],
  RESPONSE_HEADER: ['description'],
  AUTHORIZER: ['description'],
  API: ['info', 'externalDocs'],
}
/** Members of `info` that documentation may set; title and version are the API's own. */
const infoFields = ['description', 'termsOfService', 'contact', 'license']
/** Types whose parts speak only of what they name, never of what lies below. */
const notInherited: ReadonlySet<string> = new Set(['API', 'RESOURCE', 'AUTHORIZER'])

/** The parts of an API, asked place by place. */
export class DocumentationFields {
  private readonly parts = new Map<string, { readonly location: DocumentationLocation; readonly properties: Node }[]>()

  constructor(parts: readonly DocumentationPart[]) {
    for (const { location, properties } of parts) {
      const same = this.parts.get(location.type) ?? []
      same.push({ location, properties: parsed(properties) })
      this.parts.set(location.type, same)
    }
  }

  /** The OpenAPI fields for a place: those of the part that speaks of it most specifically (rest.md 14.6). */
  of(place: DocumentationLocation): Readonly<Record<string, Node>> {
    let best: { readonly rank: number; readonly properties: Node } | undefined
    for (const { location, properties } of this.parts.get(place.type) ?? []) {
      const rank = rankOf(location, place)
      if (rank !== undefined && (best === undefined || rank > best.rank)) best = { rank, properties }
    }
    const fields = fieldsByType[place.type] ?? []
    return Object.fromEntries([...entriesOf(best?.properties)].filter(([name]) => fields.includes(name)))
  }

  /** Members of `info` from the part of the API as a whole. */
  info(): Readonly<Record<string, Node>> {
    const { info = mapOf({}) } = this.of({ type: 'API' })
    return Object.fromEntries([...entriesOf(info)].filter(([name]) => infoFields.includes(name)))
  }
}

/** How closely a part's location fits a place: path first, then method, then status code; `undefined` when it does not. */
function rankOf(location: DocumentationLocation, place: DocumentationLocation): number | undefined {
  const { path = '/', method = '*', statusCode = '*' } = location
  if (location.name !== place.name || !reaches(path, place)) return undefined
  if (method !== '*' && method !== place.method) return undefined
  if (statusCode !== '*' && statusCode !== place.statusCode) return undefined
  const segments = path === '/' ? 0 : path.split('/').length
  return segments * 4 + (method === '*' ? 0 : 2) + (statusCode === '*' ? 0 : 1)
}

/** Whether a part at `path` speaks of the place: it stands there, or above it and its type is inherited. */
function reaches(path: string, place: DocumentationLocation): boolean {
  if (place.path === undefined || path === place.path) return true
  return !notInherited.has(place.type) && isAbove(path, place.path)
}

function isAbove(path: string, below: string): boolean {
  return path === '/' || below.startsWith(`${path}/`)
}
