// Finds what refers to a model, a validator or an authorizer, because one that is in use cannot be deleted (REST 2.3, Security C.1).
import { ConflictException } from '@sluice/aws-protocol/apigateway'
import type { Method } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { modelUrl } from './api-parts.ts'

interface PlacedMethod {
  readonly path: string
  readonly verb: string
  readonly method: Method
}

async function methodsOf(call: Call, restApiId: string): Promise<readonly PlacedMethod[]> {
  const resources = await call.store.list('Resource', [restApiId])
  const paths = new Map(resources.map(({ record }) => [record.id, record.path ?? '']))
  const methods = await call.store.list('Method', [restApiId])
  return methods.map(({ key, record }) => ({
    path: paths.get(key[1]) ?? '',
    verb: record.httpMethod ?? '',
    method: record,
  }))
}

/** Throws ConflictException when a method or another model refers to the model. AWS names a method `/path/VERB` here. */
export async function refuseUsedModel(call: Call, restApiId: string, name: string): Promise<void> {
  const refuse = (where: string): never => {
    throw new ConflictException(`Cannot delete model '${name}', is referenced in ${where}`)
  }
  for (const { path, verb, method } of await methodsOf(call, restApiId)) {
    if (Object.values(method.requestModels ?? {}).includes(name)) refuse(`method request: ${path}/${verb}`)
    const responses = Object.values(method.methodResponses ?? {})
    if (responses.some(({ responseModels }) => Object.values(responseModels ?? {}).includes(name))) {
      refuse(`method response: ${path}/${verb}`)
    }
  }
  const reference = JSON.stringify(modelUrl(restApiId, name))
  for (const { record } of await call.store.list('Model', [restApiId])) {
    if (record.name !== name && record.schema?.includes(reference)) refuse(`model: ${record.name}`)
  }
}

/** Throws ConflictException when a method uses the authorizer. AWS names a method `VERB//path` here. */
export async function refuseUsedAuthorizer(call: Call, restApiId: string, id: string, name: string): Promise<void> {
  const user = (await methodsOf(call, restApiId)).find(({ method }) => method.authorizerId === id)
  if (user === undefined) return
  throw new ConflictException(`Cannot delete authorizer '${name}', is referenced in method: ${user.verb}/${user.path}`)
}

/** Throws ConflictException when a method uses the validator. (?) The words follow those of authorizers. */
export async function refuseUsedValidator(call: Call, restApiId: string, id: string, name: string): Promise<void> {
  const user = (await methodsOf(call, restApiId)).find(({ method }) => method.requestValidatorId === id)
  if (user === undefined) return
  throw new ConflictException(
    `Cannot delete request validator '${name}', is referenced in method: ${user.verb}/${user.path}`,
  )
}
