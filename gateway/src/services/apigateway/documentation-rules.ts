// Where documentation parts may sit: which members of a location apply to each type, and one part for each place (REST 14.6).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type {
  DocumentationPart,
  DocumentationPartLocation,
  DocumentationPartType,
} from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'

type LocationMember = 'path' | 'method' | 'statusCode' | 'name'

const allMembers: readonly LocationMember[] = ['path', 'method', 'statusCode', 'name']
const onParameter: readonly LocationMember[] = ['path', 'method', 'name']
const onResponse: readonly LocationMember[] = ['path', 'method', 'statusCode']

/** Which members a location of each type may have, and whether it must have a name. */
const locations: Readonly<Record<DocumentationPartType, { members: readonly LocationMember[]; named?: true }>> = {
  API: { members: [] },
  AUTHORIZER: { members: ['name'], named: true },
  MODEL: { members: ['name'], named: true },
  RESOURCE: { members: ['path'] },
  METHOD: { members: ['path', 'method'] },
  PATH_PARAMETER: { members: onParameter, named: true },
  QUERY_PARAMETER: { members: onParameter, named: true },
  REQUEST_HEADER: { members: onParameter, named: true },
  REQUEST_BODY: { members: ['path', 'method'] },
  RESPONSE: { members: onResponse },
  RESPONSE_HEADER: { members: [...onResponse, 'name'], named: true },
  RESPONSE_BODY: { members: onResponse },
}

const defaults: Readonly<Record<LocationMember, string | undefined>> = {
  path: '/',
  method: '*',
  statusCode: '*',
  name: undefined,
}

/**
 * The location with its defaults written out; an empty member is none, as Terraform's provider sends those that a type has no
 * use for. Throws BadRequestException for a member its type has no use for, or lacks.
 */
export function checkedLocation(given: DocumentationPartLocation): DocumentationPartLocation {
  const { members, named } = locations[given.type]
  const useless = allMembers.filter((member) => !members.includes(member))
  if (useless.some((member) => given[member])) throw uselessMember(given.type, useless)
  const location: Partial<Record<LocationMember, string>> = {}
  for (const member of members) {
    const written = given[member] || defaults[member]
    if (written !== undefined) location[member] = written
  }
  if (named === true && location.name === undefined) {
    throw new BadRequestException(`Invalid location specified: type ${given.type} must have a name`)
  }
  return { type: given.type, ...location }
}

/** AWS's sentence lists every member that does not apply. It was observed for the type API; the other types follow it. */
function uselessMember(type: DocumentationPartType, useless: readonly LocationMember[]): BadRequestException {
  const names = [useless.slice(0, -1).join(', '), useless.at(-1)].filter((each) => each !== '').join(' or ')
  return new BadRequestException(`[Location type: ${type} cannot have ${names} defined.]`)
}

/** Throws BadRequestException for properties that are no JSON object. */
export function checkProperties(properties: string): void {
  try {
    const document: unknown = JSON.parse(properties)
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return
  } catch {
    // Said below.
  }
  throw new BadRequestException('Invalid properties specified: they must be a JSON object')
}

/** A text that is equal for two locations of the same place. */
export function locationKey({ type, path, method, statusCode, name }: DocumentationPartLocation): string {
  return JSON.stringify([type, path, method, statusCode, name])
}

/** The documentation part that an API has at a location, if any. */
export async function partAt(
  call: Call,
  restApiId: string,
  location: DocumentationPartLocation,
): Promise<DocumentationPart | undefined> {
  const parts = await call.store.list('DocumentationPart', [restApiId])
  const key = locationKey(location)
  return parts.find(({ record }) => record.location !== undefined && locationKey(record.location) === key)?.record
}

/** Stores imported parts; each replaces the one at the same place. With `overwrite` all others are deleted. Returns their ids. */
export async function putParts(
  call: Call,
  restApiId: string,
  parts: readonly DocumentationPart[],
  mode: 'merge' | 'overwrite',
): Promise<readonly string[]> {
  const ids: string[] = []
  for (const { location, properties = '{}' } of parts) {
    if (location === undefined) continue
    if (!Object.hasOwn(locations, location.type)) {
      throw new BadRequestException(`Invalid location specified: unknown type ${location.type}`)
    }
    const checked = checkedLocation(location)
    checkProperties(properties)
    const id = (await partAt(call, restApiId, checked))?.id ?? call.ids.short(6)
    call.store.put('DocumentationPart', [restApiId, id], { id, location: checked, properties })
    ids.push(id)
  }
  if (mode === 'overwrite') {
    for (const { key } of await call.store.list('DocumentationPart', [restApiId])) {
      if (!ids.includes(key[1] ?? '')) call.store.delete('DocumentationPart', key)
    }
  }
  return ids
}
