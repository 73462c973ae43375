// Documentation parts: texts about places of an API. Rules: recorded REST 11, REST 14.6.
import { ConflictException } from '@sluice/aws-protocol/apigateway'
import type { DocumentationPart, GetDocumentationPartsRequest, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfList } from '../page.ts'
import { documentablePlaces } from './documentable-places.ts'
import { checkProperties, checkedLocation, locationKey, partAt } from './documentation-rules.ts'
import { found, foundApi } from './found.ts'
import { listingPaths, patched, setting } from './patch.ts'
import { checkQuota } from './quotas.ts'

export const documentationPart: Handlers<
  Operations,
  | 'CreateDocumentationPart'
  | 'GetDocumentationPart'
  | 'GetDocumentationParts'
  | 'UpdateDocumentationPart'
  | 'DeleteDocumentationPart',
  Call
> = {
  CreateDocumentationPart: async ({ restApiId, location, properties }, call) => {
    await foundApi(call, restApiId)
    await checkQuota(call, 'DocumentationPart', restApiId)
    const record = { id: call.ids.short(6), location: checkedLocation(location), properties }
    checkProperties(properties)
    if ((await partAt(call, restApiId, record.location)) !== undefined) {
      const { type, path } = record.location
      const where = `type '${type}'${path === undefined ? '' : `, path '${path}'`}`
      throw new ConflictException(`Documentation part already exists for the specified location: ${where}.`)
    }
    call.store.put('DocumentationPart', [restApiId, record.id], record)
    return record
  },

  GetDocumentationPart: ({ restApiId, documentationPartId }, call) => foundPart(call, restApiId, documentationPartId),

  GetDocumentationParts: async (input, call) => {
    await foundApi(call, input.restApiId)
    const documented = (await call.store.list('DocumentationPart', [input.restApiId])).map(({ record }) => record)
    const parts =
      input.locationStatus === 'UNDOCUMENTED' ? await undocumented(call, input.restApiId, documented) : documented
    return pageOfList(
      parts.filter((part) => isAsked(part, input)),
      input,
    )
  },

  UpdateDocumentationPart: async ({ restApiId, documentationPartId, patchOperations }, call) => {
    const before = await foundPart(call, restApiId, documentationPartId)
    const rules = [
      { path: '/properties', replace: setting<DocumentationPart, 'properties'>('properties', (value) => value) },
    ]
    const record = patched(before, patchOperations, rules, listingPaths)
    checkProperties(record.properties ?? '')
    call.store.put('DocumentationPart', [restApiId, documentationPartId], record)
    return record
  },

  DeleteDocumentationPart: async ({ restApiId, documentationPartId }, call) => {
    await foundPart(call, restApiId, documentationPartId)
    call.store.delete('DocumentationPart', [restApiId, documentationPartId])
  },
}

async function foundPart(call: Call, restApiId: string, id: string): Promise<DocumentationPart> {
  return found(
    await call.store.get('DocumentationPart', [restApiId, id]),
    'Invalid Documentation part identifier specified',
  )
}

async function undocumented(
  call: Call,
  restApiId: string,
  documented: readonly DocumentationPart[],
): Promise<readonly DocumentationPart[]> {
  const known = new Set(documented.map(({ location }) => (location === undefined ? '' : locationKey(location))))
  const places = await documentablePlaces(call, restApiId)
  return places.filter((location) => !known.has(locationKey(location))).map((location) => ({ location }))
}

function isAsked({ location }: DocumentationPart, { type, path, nameQuery }: GetDocumentationPartsRequest): boolean {
  return (
    (type === undefined || location?.type === type) &&
    (path === undefined || location?.path === path) &&
    (nameQuery === undefined || location?.name?.includes(nameQuery) === true)
  )
}
