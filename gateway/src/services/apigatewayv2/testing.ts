// For tests: the service over a store in memory; each call has its own transaction, as at the endpoint.
import type { Operations } from '@sluice/aws-protocol/apigatewayv2'
import type { Scope } from '../../nouns/records.ts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { memoryCalls, scope } from '../testing.ts'
import { apigatewayv2Service } from './index.ts'

export interface TestService {
  readonly store: Store
  readonly scope: Scope
  /** Makes one call. Throws what the handler throws, and then nothing is stored. */
  readonly call: <Name extends keyof Operations>(
    name: Name,
    input: Operations[Name]['input'],
  ) => Promise<Operations[Name]['output']>
  /** The warnings that calls have logged so far. */
  readonly warned: object[]
  /** Moves the clock forward. */
  readonly pass: (seconds: number) => void
}

/** A fault as a test compares it. */
const fault = (code: string, status: number, message: string) => ({ code, status, message })
export const badRequest = (message: string) => fault('BadRequestException', 400, message)
export const notFound = (message: string) => fault('NotFoundException', 404, message)
export const conflict = (message: string) => fault('ConflictException', 409, message)

export const lambdaArn = 'arn:aws:lambda:us-east-1:000000000000:function:pets'
export const lambdaUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${lambdaArn}/invocations`

/** A new service, whose clock stands at 1 700 000 000 epoch seconds. */
export function testService(): TestService {
  const { store, warned, run } = memoryCalls()
  let nowMs = 1_700_000_000_000
  return {
    warned,
    store,
    scope,
    pass: (seconds) => {
      nowMs += seconds * 1000
    },
    call: (name, input) =>
      run(nowMs, async (call) => {
        const handler = apigatewayv2Service.handlers[name] as (input: unknown, call: Call) => unknown
        return (await handler(input, call)) as Operations[typeof name]['output']
      }),
  }
}

/** An API with one route to one URL, and their ids. */
export async function apiWithRoute(service: TestService, tags: Readonly<Record<string, string>> = {}) {
  const { ApiId = '' } = await service.call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP', Tags: tags })
  const { IntegrationId = '' } = await service.call('CreateIntegration', {
    ApiId,
    IntegrationType: 'HTTP_PROXY',
    IntegrationMethod: 'ANY',
    IntegrationUri: 'http://127.0.0.1:9000/pets',
    PayloadFormatVersion: '1.0',
  })
  const { RouteId = '' } = await service.call('CreateRoute', {
    ApiId,
    RouteKey: 'GET /pets',
    Target: `integrations/${IntegrationId}`,
  })
  return { ApiId, IntegrationId, RouteId }
}
