// The tree of an API's resources: checks what may stand beside and below what, and builds full paths (recorded REST 3.2).
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { ResourceRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

const variable = /^\{[a-zA-Z0-9._$-]+\+?\}$/
const literal = /^[a-zA-Z0-9._\-:,]+$/

export async function resourcesOf(call: Call, restApiId: string): Promise<readonly ResourceRecord[]> {
  return (await call.store.list('Resource', [restApiId])).map(({ record }) => record)
}

/**
 * A new id that no resource of the API has. It is checked, because ids of six characters do collide in an API of ten
 * thousand resources.
 */
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

/** Throws when `child` may not stand below this parent: the parent is greedy, the name is taken, or there is a second variable. */
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

/** Throws BadRequestException for a variable that a resource above has as well. The sentence is AWS's, as users report it. */
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
