// Authorizers, which decide by a token's issuer or a Lambda function whether a caller may call a route.
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  ConflictException,
  type Authorizer,
  type Operations,
  type UpdateAuthorizerRequest,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { checkPassRole } from '../pass-role.ts'
import { checkAuthorizer } from './authorizer-rules.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { page } from './page.ts'
import { patched, pick } from './patch.ts'
import { checkQuota } from './quotas.ts'

const settable = [
  'AuthorizerCredentialsArn',
  'AuthorizerPayloadFormatVersion',
  'AuthorizerResultTtlInSeconds',
  'AuthorizerType',
  'AuthorizerUri',
  'EnableSimpleResponses',
  'IdentitySource',
  'IdentityValidationExpression',
  'JwtConfiguration',
  'Name',
] as const satisfies readonly (keyof UpdateAuthorizerRequest)[]

type Names = 'CreateAuthorizer' | 'GetAuthorizer' | 'GetAuthorizers' | 'UpdateAuthorizer' | 'DeleteAuthorizer'

export const authorizer: Handlers<Operations, Names, Call> = {
  CreateAuthorizer: async (input, call) => {
    const api = await found(call, 'V2Api', [input.ApiId])
    const blank: Authorizer = { AuthorizerId: call.ids.short(6), Name: '' }
    const record = { ...patched(blank, pick(input, settable)), Name: input.Name }
    checkAuthorizer(api, record, call.unreachableIssuers)
    checkPassRole(call, record.AuthorizerCredentialsArn)
    await refuseTakenName(call, input.ApiId, record)
    await checkQuota(call, 'V2Authorizer', input.ApiId)
    return keep(call, input.ApiId, record)
  },

  GetAuthorizer: (input, call) => found(call, 'V2Authorizer', [input.ApiId, input.AuthorizerId]),

  GetAuthorizers: async (input, call) => {
    await found(call, 'V2Api', [input.ApiId])
    return page(call, 'V2Authorizer', [input.ApiId], input)
  },

  UpdateAuthorizer: async (input, call) => {
    const stored = await found(call, 'V2Authorizer', [input.ApiId, input.AuthorizerId])
    const api = await found(call, 'V2Api', [input.ApiId])
    const record = { ...patched(stored, pick(input, settable)), Name: input.Name ?? stored.Name }
    checkAuthorizer(api, record, call.unreachableIssuers)
    checkPassRole(call, record.AuthorizerCredentialsArn, stored.AuthorizerCredentialsArn)
    await refuseTakenName(call, input.ApiId, record)
    return keep(call, input.ApiId, record)
  },

  DeleteAuthorizer: async (input, call) => {
    const key = [input.ApiId, input.AuthorizerId]
    const { Name } = await found(call, 'V2Authorizer', key)
    const routes = await call.store.list('V2Route', [input.ApiId])
    const using = routes.find(({ record }) => record.AuthorizerId === input.AuthorizerId)
    if (using !== undefined) {
      // AWS's sentence, as its users report it: it names the first route.
      throw new ConflictException(
        `Cannot delete authorizer '${Name}', is referenced in route: ${using.record.RouteKey}`,
      )
    }
    call.store.delete('V2Authorizer', key)
    await autoDeploy(call, input.ApiId)
  },
}

async function keep(call: Call, apiId: string, record: Authorizer): Promise<Authorizer> {
  call.store.put('V2Authorizer', [apiId, record.AuthorizerId ?? ''], record)
  await autoDeploy(call, apiId)
  return record
}

async function refuseTakenName(call: Call, apiId: string, record: Authorizer): Promise<void> {
  const authorizers = await call.store.list('V2Authorizer', [apiId])
  const taken = authorizers.some(
    ({ record: other }) => other.Name === record.Name && other.AuthorizerId !== record.AuthorizerId,
  )
  if (taken) {
    // AWS: v2 says RestApi too, as its users report.
    throw new BadRequestException(
      `Authorizer name must be unique. Authorizer ${record.Name} already exists in this RestApi.`,
    )
  }
}
