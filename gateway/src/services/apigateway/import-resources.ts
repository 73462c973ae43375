// Imports the paths of a document: resources with their methods, integrations and responses, checked by the same rules as single calls.
import type { Integration, IntegrationType, Method } from '@sluice/aws-protocol/apigateway'
import type { Method as DescribedMethod, Resource } from '@sluice/openapi'
import type { ResourceRecord } from '../../nouns/records.ts'
import { Turns } from '../../nouns/turns.ts'
import type { RestDescription } from '../../ports/documents.ts'
import type { Call } from '../call.ts'
import type { NamedIds } from './import-parts.ts'
import type { ImportProblems } from './import-problems.ts'
import { checkIntegration, checkIntegrationResponse, withDefaults } from './integration-rules.ts'
import { checkContentTypes, checkResponseHeaders } from './mapping-rules.ts'
import { checkModels, checkedMethod, checkedVerb } from './method-rules.ts'
import { checkResourceCount } from './quotas.ts'
import { checkPathPart, checkPlace, checkVariable, childPath, newResourceId, resourcesOf } from './resource-tree.ts'

export interface ResourceImport {
  readonly call: Call
  readonly restApiId: string
  readonly ids: NamedIds
  readonly problems: ImportProblems
}

/** Deletes the resources and methods that the document does not name; the root stays (`mode=overwrite`). */
export async function dropUnnamedResources(
  call: Call,
  restApiId: string,
  { resources }: RestDescription,
): Promise<void> {
  const paths = new Set<string | undefined>()
  const turns = new Turns()
  for (const { path } of resources) {
    paths.add(path)
    await turns.next()
  }
  for (const { key } of call.store.each('Method', [restApiId])) {
    call.store.delete('Method', key)
    await turns.next()
  }
  for (const { key, record } of call.store.each('Resource', [restApiId])) {
    if (record.parentId !== undefined && !paths.has(record.path)) call.store.delete('Resource', key)
    await turns.next()
  }
}

/** Stores the resources, parents first, and their methods over those of the same path and verb. */
export async function putResources(importing: ResourceImport, resources: Iterable<Resource>): Promise<void> {
  const { call, restApiId, problems } = importing
  const all = new Map((await resourcesOf(call, restApiId)).map((record) => [record.path ?? '', record]))
  const children = Map.groupBy(all.values(), ({ parentId }) => parentId)
  const taken = new Set(Array.from(all.values(), ({ id }) => id))
  const turns = new Turns()
  for (const { path, methods } of resources) {
    if (!all.has(path)) checkResourceCount(call, all.size + 1)
    await problems.attempt(`Unable to create resource at path '${path}'`, () => {
      if (!all.has(path)) all.set(path, putResource(importing, path, { all, children, taken }))
    })
    const resourceId = all.get(path)?.id
    if (resourceId === undefined) continue
    for (const method of methods) await putMethod(importing, path, resourceId, method)
    await turns.next()
  }
}

/** The API's resources so far, by path and by parent, and their ids. */
interface Known {
  readonly all: ReadonlyMap<string, ResourceRecord>
  readonly children: Map<string | undefined, ResourceRecord[]>
  readonly taken: Set<string | undefined>
}

function putResource(
  { call, restApiId }: ResourceImport,
  path: string,
  { all, children, taken }: Known,
): ResourceRecord {
  const end = path.lastIndexOf('/')
  const parent = all.get(end === 0 ? '/' : path.slice(0, end)) ?? {}
  const pathPart = path.slice(end + 1)
  checkPathPart(pathPart)
  const id = newResourceId(call, (candidate) => taken.has(candidate))
  const record = { id, parentId: parent.id, pathPart, path: childPath(parent, pathPart) }
  const siblings = children.get(parent.id)
  checkPlace(record, parent, siblings ?? [])
  checkVariable(pathPart, parent)
  call.store.put('Resource', [restApiId, record.id], record)
  taken.add(id)
  if (siblings === undefined) children.set(parent.id, [record])
  else siblings.push(record)
  return record
}

async function putMethod(
  importing: ResourceImport,
  path: string,
  resourceId: string,
  described: DescribedMethod,
): Promise<void> {
  const { call, restApiId, ids, problems } = importing
  const verb = described.httpMethod
  const place = `'${verb}' for resource at path '${path}'`
  let method: Method = methodOf(described, ids)
  const isMethod = await problems.attempt(`Unable to put method ${place}`, async () => {
    checkedVerb(verb)
    method = await checkedMethod(call, restApiId, method)
    for (const { responseModels, responseParameters } of Object.values(method.methodResponses ?? {})) {
      await checkModels(call, restApiId, responseModels)
      checkContentTypes(responseModels)
      checkResponseHeaders(responseParameters)
    }
  })
  let integration: Integration | undefined
  const isIntegration = await problems.attempt(`Unable to put integration on ${place}`, async () => {
    integration = integrationOf(described, resourceId)
    if (isMethod && integration !== undefined) await checkIntegration(call, method, integration)
  })
  if (isMethod && isIntegration) {
    await problems.attempt(`Unable to put integration response on ${place}`, () => {
      for (const response of Object.values(integration?.integrationResponses ?? {})) {
        checkIntegrationResponse(method, response)
      }
    })
  }
  call.store.put('Method', [restApiId, resourceId, verb], { ...method, methodIntegration: integration })
}

function methodOf(described: DescribedMethod, ids: NamedIds): Method {
  return {
    httpMethod: described.httpMethod,
    authorizationType: described.authorizationType,
    authorizerId: ids.authorizers.get(described.authorizerName ?? ''),
    apiKeyRequired: described.apiKeyRequired,
    requestValidatorId: ids.validators.get(described.requestValidatorName ?? ''),
    operationName: described.operationName,
    requestParameters: described.requestParameters,
    requestModels: described.requestModels,
    authorizationScopes: described.authorizationScopes,
    methodResponses: described.methodResponses,
  }
}

/** The integration that a document describes. Its words are taken for AWS's enums unchecked; the rules that follow refuse the others. */
function integrationOf({ methodIntegration }: DescribedMethod, resourceId: string): Integration | undefined {
  if (methodIntegration === undefined) return undefined
  return withDefaults(methodIntegration.type as IntegrationType, methodIntegration as Integration, resourceId)
}
