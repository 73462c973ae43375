// Lists every place of an API that a documentation part could describe, with its full location (REST 14.6).
import type { DocumentationPartLocation, Method } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { checkedLocation } from './documentation-rules.ts'

const parameterTypes = {
  querystring: 'QUERY_PARAMETER',
  header: 'REQUEST_HEADER',
  path: 'PATH_PARAMETER',
} as const

export async function documentablePlaces(call: Call, restApiId: string): Promise<readonly DocumentationPartLocation[]> {
  const places: DocumentationPartLocation[] = [{ type: 'API' }]
  for (const { record } of await call.store.list('Model', [restApiId]))
    places.push({ type: 'MODEL', name: record.name })
  for (const { record } of await call.store.list('Authorizer', [restApiId])) {
    places.push({ type: 'AUTHORIZER', name: record.name })
  }
  for (const { record } of await call.store.list('Resource', [restApiId])) {
    const path = record.path ?? '/'
    places.push({ type: 'RESOURCE', path })
    for (const { record: method } of await call.store.list('Method', [restApiId, record.id ?? ''])) {
      places.push(...placesOfMethod(path, method))
    }
  }
  return places.map(checkedLocation)
}

function placesOfMethod(path: string, method: Method): readonly DocumentationPartLocation[] {
  const at = { path, method: method.httpMethod }
  const places: DocumentationPartLocation[] = [{ type: 'METHOD', ...at }]
  for (const key of Object.keys(method.requestParameters ?? {})) {
    const [, , location = '', ...name] = key.split('.')
    places.push({ type: parameterTypes[location as keyof typeof parameterTypes], ...at, name: name.join('.') })
  }
  if (method.requestModels !== undefined) places.push({ type: 'REQUEST_BODY', ...at })
  for (const [statusCode, response] of Object.entries(method.methodResponses ?? {})) {
    places.push({ type: 'RESPONSE', ...at, statusCode })
    for (const key of Object.keys(response.responseParameters ?? {})) {
      places.push({ type: 'RESPONSE_HEADER', ...at, statusCode, name: key.split('.').slice(3).join('.') })
    }
    if (response.responseModels !== undefined) places.push({ type: 'RESPONSE_BODY', ...at, statusCode })
  }
  return places
}
