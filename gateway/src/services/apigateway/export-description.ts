// Turns a snapshot into the description that documents are written from, with names where the records have ids.
import type { DocumentationPart, Integration, Model } from '@sluice/aws-protocol/apigateway'
import type { RestApiDescription } from '@sluice/openapi'
import type { RestSnapshot } from '../../nouns/snapshot.ts'
import { modelUrl } from './api-parts.ts'
import { defaultModels } from './default-models.ts'

/** A stage's documentation version, and the parts that this version froze. */
export interface Documentation {
  readonly version?: string
  readonly parts: readonly DocumentationPart[]
}

/** The description of a snapshot. Cast at its end: records that could be deployed have the members that a description requires. */
export function descriptionOf(snapshot: RestSnapshot, documentation: Documentation): RestApiDescription {
  const { api, requestValidators, authorizers, gatewayResponses } = snapshot
  const description = {
    restApi: api,
    models: exportedModels(snapshot),
    requestValidators,
    authorizers,
    gatewayResponses,
    resources: resourcesOf(snapshot),
    documentationParts: documentation.parts,
    ...(documentation.version === undefined ? {} : { documentationVersion: documentation.version }),
  }
  return description as RestApiDescription
}

function resourcesOf({ resources, methods, authorizers, requestValidators }: RestSnapshot) {
  const authorizerNames = new Map(authorizers.map(({ id, name }) => [id, name]))
  const validatorNames = new Map(requestValidators.map(({ id, name }) => [id, name]))
  const methodsOf = (id: string | undefined) => methods.filter(({ resourceId }) => resourceId === id)
  return [...resources]
    .sort((left, right) => ((left.path ?? '') < (right.path ?? '') ? -1 : 1))
    .map(({ id, path }) => ({
      path,
      methods: methodsOf(id).map((method) => ({
        ...method,
        methodIntegration: withoutOwnNamespace(method.methodIntegration, id),
        authorizerName: authorizerNames.get(method.authorizerId),
        requestValidatorName: validatorNames.get(method.requestValidatorId),
      })),
    }))
}

/** AWS: the default, a resource's own id, is not exported — recorded REST 18. It would mean nothing elsewhere. */
function withoutOwnNamespace(integration: Integration | undefined, resourceId: string | undefined) {
  if (integration?.cacheNamespace !== resourceId) return integration
  return { ...integration, cacheNamespace: undefined }
}

/** The models to export: the two that every API starts with are left out unless something refers to them. */
function exportedModels({ api, models, methods }: RestSnapshot): readonly Model[] {
  const names = new Set(
    methods.flatMap(({ requestModels, methodResponses }) => [
      ...Object.values(requestModels ?? {}),
      ...Object.values(methodResponses ?? {}).flatMap(({ responseModels }) => Object.values(responseModels ?? {})),
    ]),
  )
  const isDefault = (model: Model) =>
    defaultModels.some(({ name, schema }) => name === model.name && schema === model.schema)
  return models.filter((model) => {
    const reference = JSON.stringify(modelUrl(api.id ?? '', model.name ?? ''))
    const used = names.has(model.name ?? '') || models.some(({ schema }) => schema?.includes(reference))
    return used || !isDefault(model)
  })
}
