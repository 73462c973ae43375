// The tree of an API's resources: what may stand beside and below what, and the full paths (recorded REST 3.2).
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { ResourceRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

const variable = /^\{[a-zA-Z0-9._$-]+\+?\}$/
const literal = /^[a-zA-Z0-9._\-:,]+$/

export async function resourcesOf(call: Call, restApiId: string): Promise<readonly ResourceRecord[]> {
  return (await call.store.list('Resource', [restApiId])).map(({ record }) => record)
}

/** An id that no resource of the API has: six characters are few enough to meet again in an API of ten thousand. */
export function newResourceId({ ids }: Call, isTaken: (id: string) => boolean): string {
  let id = ids.short(6)
  while (isTaken(id)) id = ids.short(6)
  return id
}

/** Throws BadRequestException for a path part that is neither a literal segment nor one whole variable. */
export function checkPathPart(pathPart: string): void {
  if (literal.test(pathPart) || variable.test(pathPart)) return
  const allowed = 'a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.'
  throw new BadRequestException(`Resource's path part only allow ${allowed}`)
}

/** Throws when `child` may not have this parent: greedy parents, names taken, a second variable. */
export function checkPlace(child: ResourceRecord, parent: ResourceRecord, all: readonly ResourceRecord[]): void {
  const pathPart = child.pathPart ?? ''
  if (parent.pathPart?.endsWith('+}')) {
    throw new BadRequestException(`Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`)
  }
  const siblings = all.filter(({ id, parentId }) => parentId === parent.id && id !== child.id)
  if (siblings.some((sibling) => sibling.pathPart === pathPart)) {
    throw new ConflictException(`Another resource with the same parent already has this name: ${pathPart}`)
  }
  const taken = siblings.find((sibling) => variable.test(sibling.pathPart ?? ''))
  if (taken !== undefined && variable.test(pathPart)) {
    const only = 'already has a variable path part -- only one is allowed'
    throw new BadRequestException(`A sibling (${taken.pathPart}) of this resource ${only}`)
  }
}

/** Throws BadRequestException for a variable that a resource above has as well: AWS's sentence, as users report it. */
export function checkVariable(pathPart: string, parent: ResourceRecord): void {
  if (!variable.test(pathPart)) return
  const above = parent.path?.split('/').find((part) => variable.test(part) && nameOf(part) === nameOf(pathPart))
  if (above === undefined) return
  throw new BadRequestException(`An ancestor of this resource has the same variable name as this one: ${pathPart}`)
}

function nameOf(pathVariable: string): string {
  return pathVariable.replace(/\+?\}$/, '')
}

export function childPath(parent: ResourceRecord, pathPart: string): string {
  return parent.path === '/' ? `/${pathPart}` : `${parent.path}/${pathPart}`
}

/** A resource and all below it, parents first. */
export function subtree(resource: ResourceRecord, all: readonly ResourceRecord[]): readonly ResourceRecord[] {
  const members = [resource]
  for (const member of members) members.push(...all.filter(({ parentId }) => parentId === member.id))
  return members
}
