// Checks that the authorizer, validator and models that a method refers to exist; shared by putting, patching and importing methods.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Method } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { checkContentTypes, checkMethodParameters } from './mapping-rules.ts'

export const verbs: readonly string[] = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY']

/** Returns the verb when it is one of AWS's. Throws BadRequestException for any other. */
export function checkedVerb(verb: string): string {
  if (verbs.includes(verb)) return verb
  throw new BadRequestException(`Invalid HttpMethod specified. Valid options are ${verbs.join(',')}`)
}

const authorizationTypes = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS']

/** The authorization type in upper case; any case is taken (recorded). Throws BadRequestException. */
export function authorizationTypeOf(value: string | undefined): string {
  const type = (value ?? '').toUpperCase()
  if (authorizationTypes.includes(type)) return type
  throw new BadRequestException(
    `Invalid Authorization Type specified. Valid options are ${authorizationTypes.join(',')}`,
  )
}

/** Checks a method's references in AWS's order, and drops those that its authorization type does not use. Throws BadRequestException. */
export async function checkedMethod(call: Call, restApiId: string, method: Method): Promise<Method> {
  const authorizerId = await checkedAuthorizer(call, restApiId, method)
  if (method.requestValidatorId !== undefined) {
    const validator = await call.store.get('RequestValidator', [restApiId, method.requestValidatorId])
    if (validator === undefined) throw new BadRequestException('Invalid Request Validator identifier specified')
  }
  await checkModels(call, restApiId, method.requestModels)
  checkContentTypes(method.requestModels)
  checkMethodParameters(method.requestParameters)
  return { ...method, authorizerId }
}

/** The id of the method's authorizer. One named with a type that uses none is ignored, and no error (recorded REST 4.3). */
async function checkedAuthorizer(call: Call, restApiId: string, method: Method): Promise<string | undefined> {
  const { authorizationType, authorizerId } = method
  if (authorizationType !== 'CUSTOM' && authorizationType !== 'COGNITO_USER_POOLS') return undefined
  const authorizer =
    authorizerId === undefined ? undefined : await call.store.get('Authorizer', [restApiId, authorizerId])
  const usesCognito = authorizer?.type === 'COGNITO_USER_POOLS'
  if (authorizer === undefined || usesCognito !== (authorizationType === 'COGNITO_USER_POOLS')) {
    const needs = 'Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.'
    throw new BadRequestException(`Invalid authorizer ID specified. ${needs}`)
  }
  return authorizerId
}

/** Throws BadRequestException for the first model of a content-type map that the API does not have. */
export async function checkModels(
  call: Call,
  restApiId: string,
  models: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  for (const name of Object.values(models ?? {})) {
    const model = await call.store.get('Model', [restApiId, name])
    if (model === undefined) throw new BadRequestException(`Invalid model identifier specified: ${name}`)
  }
}
