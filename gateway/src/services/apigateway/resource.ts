// Resources: the nodes of an API's path tree. Rules: recorded REST 3, REST 1.3.
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { Method, Operations, Resource } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { ResourceRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { found, foundApi, foundResource } from './found.ts'
import { listingPaths, patched, setting } from './patch.ts'
import type { PatchRule } from './patch.ts'
import { checkResourceCount } from './quotas.ts'
import {
  checkPathPart,
  checkPlace,
  checkVariable,
  childPath,
  newResourceId,
  resourcesOf,
  subtree,
} from './resource-tree.ts'
import { shownMethod } from './shown-method.ts'

const unknownResource = 'Invalid Resource identifier specified'

export const resource: Handlers<
  Operations,
  'CreateResource' | 'GetResource' | 'GetResources' | 'UpdateResource' | 'DeleteResource',
  Call
> = {
  CreateResource: async ({ restApiId, parentId, pathPart }, call) => {
    const parent = await foundResource(call, restApiId, parentId)
    checkPathPart(pathPart)
    const all = await resourcesOf(call, restApiId)
    const id = newResourceId(call, (candidate) => all.some((each) => each.id === candidate))
    const record = { id, parentId, pathPart, path: childPath(parent, pathPart) }
    checkPlace(record, parent, all)
    checkVariable(pathPart, parent)
    checkResourceCount(call, all.length + 1)
    call.store.put('Resource', [restApiId, record.id], record)
    return record
  },

  GetResource: async ({ restApiId, resourceId, embed }, call) => {
    const record = await foundResource(call, restApiId, resourceId)
    return shown(call, restApiId, record, embed)
  },

  GetResources: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { items, position } = await pageOfRecords(call.store, 'Resource', [input.restApiId], input)
    const resources = items.map(({ record }) => shown(call, input.restApiId, record, input.embed))
    return { items: await Promise.all(resources), position }
  },

  UpdateResource: async ({ restApiId, resourceId, patchOperations }, call) => {
    const before = await foundResource(call, restApiId, resourceId)
    const record = patched(before, patchOperations, rules, listingPaths)
    const moved = await movedTo(call, restApiId, record)
    return shown(call, restApiId, moved, undefined)
  },

  DeleteResource: async ({ restApiId, resourceId }, call) => {
    const record = await foundResource(call, restApiId, resourceId)
    if (record.parentId === undefined) throw new BadRequestException('Root resource cannot be deleted.')
    for (const { id = '' } of subtree(record, await resourcesOf(call, restApiId))) {
      for (const { key } of await call.store.list('Method', [restApiId, id])) call.store.delete('Method', key)
      call.store.delete('Resource', [restApiId, id])
    }
  },
}

/** A resource with its methods by verb; each is an empty object unless `embed=methods` asks for it whole. */
async function shown(
  call: Call,
  restApiId: string,
  record: ResourceRecord,
  embed: readonly string[] | undefined,
): Promise<Resource> {
  const methods = await call.store.list('Method', [restApiId, record.id ?? ''])
  if (methods.length === 0) return record
  const whole = embed?.includes('methods') === true
  const byVerb = methods.map(({ record: method }): [string, Method] => [
    method.httpMethod ?? '',
    whole ? shownMethod(method) : {},
  ])
  return { ...record, resourceMethods: Object.fromEntries(byVerb) }
}

/** Checks a resource's new place and name, then stores it, with new paths for all below it. */
async function movedTo(call: Call, restApiId: string, record: ResourceRecord): Promise<ResourceRecord> {
  if (record.parentId === undefined) return record
  const all = (await resourcesOf(call, restApiId)).map((each) => (each.id === record.id ? record : each))
  const parent = all.find(({ id }) => id === record.parentId)
  if (parent === undefined) throw new NotFoundException(unknownResource)
  if (
    subtree(
      record,
      all.filter(({ id }) => id !== record.id),
    ).some(({ id }) => id === parent.id)
  ) {
    throw new BadRequestException('Resources cannot be cyclical.')
  }
  checkPathPart(record.pathPart ?? '')
  checkPlace(record, parent, all)
  const paths = new Map([[parent.id, parent]])
  for (const member of subtree(record, all)) {
    const above = found(paths.get(member.parentId), unknownResource)
    checkVariable(member.pathPart ?? '', above)
    const written = { ...member, path: childPath(above, member.pathPart ?? '') }
    paths.set(written.id, written)
    call.store.put('Resource', [restApiId, written.id ?? ''], written)
  }
  return paths.get(record.id) ?? record
}

const rules: readonly PatchRule<ResourceRecord>[] = [
  {
    path: '/parentId',
    replace: (record, edit) => {
      if (record.parentId === undefined) throw new BadRequestException('Root resource cannot update its parentId.')
      return setting<ResourceRecord, 'parentId'>('parentId', (value) => value ?? '')(record, edit)
    },
  },
  {
    path: '/pathPart',
    replace: (record, edit) => {
      if (record.parentId === undefined) throw new BadRequestException('Root resource cannot update its pathPart.')
      return setting<ResourceRecord, 'pathPart'>('pathPart', (value) => value ?? '')(record, edit)
    },
  },
]
