// Throttles of methods, routes and accounts. Security D.5, E; HTTP 17.
import { PutGatewayResponseCommand, UpdateStageCommand, GetAccountCommand } from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  type RouteSettings,
} from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from '../http-plans/backend.ts'
import { addMock, call, createApi, deploy, outcome, startAccess, type Access, type Answered } from './access.ts'

let access: Access
let backend: Backend

beforeAll(async () => {
  access = startAccess()
  backend = await startBackend()
  backend.answer = (_, response) => response.end('ok')
})

afterAll(async () => {
  await access.gateway.close()
  await backend.close()
})

const throttled = [429, 'TooManyRequestsException', '{"message":"Too Many Requests"}']

async function passing(requests: number, ask: () => Promise<{ readonly status: number }>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: requests }, ask))
  return answers.filter(({ status }) => status === 200).length
}

describe('stage settings', () => {
  async function throttledApi(settings: Readonly<Record<string, string>>): Promise<string> {
    const id = await createApi(access)
    for (const path of ['/pets/{id}', '/cats', '/']) await addMock(access, id, path)
    await deploy(access, id)
    const patchOperations = Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value }) as const)
    await access.rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
    return id
  }

  test('of a method are its own, those of all methods are each method’s', async () => {
    const id = await throttledApi({
      '/*/*/throttling/rateLimit': '1',
      '/*/*/throttling/burstLimit': '3',
      '/~1pets~1{id}/GET/throttling/burstLimit': '5',
    })
    expect(await passing(9, () => call(access, id, '/pets/1'))).toBe(5)
    expect(await passing(9, () => call(access, id, '/cats'))).toBe(3)
    expect(await passing(9, () => call(access, id, '/'))).toBe(3)
    expect(outcome(await call(access, id, '/cats'))).toEqual(throttled)
    expect((await call(access, id, '/cats')).headers.has('retry-after')).toBe(false)
    access.gateway.clock.advance(2_000)
    expect(await passing(9, () => call(access, id, '/cats'))).toBe(2)
  })

  test('are those of each verb that ANY stands for, or of ANY', async () => {
    const id = await createApi(access)
    for (const path of ['/cats', '/dogs']) await addMock(access, id, path, { httpMethod: 'ANY' })
    await deploy(access, id)
    const patchOperations = [
      { op: 'replace', path: '/~1cats/POST/throttling/burstLimit', value: '2' } as const,
      { op: 'replace', path: '/~1cats/ANY/throttling/burstLimit', value: '3' } as const,
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: '1' } as const,
    ]
    await access.rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
    const passed = (method: string, path: string): Promise<number> =>
      passing(9, () => call(access, id, path, { method }))
    expect([await passed('POST', '/cats'), await passed('PUT', '/cats'), await passed('GET', '/cats')]).toEqual([
      2, 3, 3,
    ])
    expect([await passed('POST', '/dogs'), await passed('PUT', '/dogs')]).toEqual([1, 1])
  })

  test('of 0 let nothing pass, and hold at once', async () => {
    const id = await throttledApi({ '/*/*/throttling/rateLimit': '0' })
    expect(await passing(3, () => call(access, id, '/cats'))).toBe(0)
    const more = [{ op: 'replace', path: '/*/*/throttling/rateLimit', value: '10' } as const]
    await access.rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations: more }))
    expect(await passing(3, () => call(access, id, '/cats'))).toBe(3)
  })

  test('refuse in words that can be customised', async () => {
    const id = await throttledApi({ '/cats/GET/throttling/burstLimit': '0' })
    await access.rest.send(
      new PutGatewayResponseCommand({
        restApiId: id,
        responseType: 'THROTTLED',
        statusCode: '420',
        responseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
        responseTemplates: { 'application/json': '{"calm":"down"}' },
      }),
    )
    await deploy(access, id)
    const { status, text, headers } = await call(access, id, '/cats')
    expect([status, text, headers.get('retry-after')]).toEqual([420, '{"calm":"down"}', '1'])
  })
})

test('an account has a limit for all its APIs together, which the operator sets', async () => {
  const own = startAccess({ limits: { accountRequestsPerSecond: 2, accountBurst: 10 } })
  const { throttleSettings } = await own.rest.send(new GetAccountCommand({}))
  expect(throttleSettings).toEqual({ rateLimit: 2, burstLimit: 10 })
  const ids = [await createApi(own), await createApi(own)]
  for (const id of ids) {
    await addMock(own, id, '/cats')
    await deploy(own, id)
  }
  expect(await passing(6, () => call(own, ids[0] ?? '', '/cats'))).toBe(6)
  expect(await passing(6, () => call(own, ids[1] ?? '', '/cats'))).toBe(4)
  expect(outcome(await call(own, ids[0] ?? '', '/cats'))).toEqual(throttled)
  expect((await call(own, ids[0] ?? '', '/nowhere')).status).toBe(403)
  own.gateway.clock.advance(1_000)
  expect(await passing(6, () => call(own, ids[1] ?? '', '/cats'))).toBe(2)
  await own.gateway.close()
})

describe('HTTP API routes', () => {
  async function httpApi(own: RouteSettings, all: RouteSettings): Promise<string> {
    const client = new ApiGatewayV2Client({ ...access.gateway.clientConfig, maxAttempts: 1 })
    const { ApiId = '' } = await client.send(new CreateApiCommand({ Name: 'throttled', ProtocolType: 'HTTP' }))
    const { IntegrationId } = await client.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'GET',
        IntegrationUri: backend.url,
        PayloadFormatVersion: '1.0',
      }),
    )
    for (const RouteKey of ['GET /pets', 'GET /cats', 'GET /signed']) {
      const AuthorizationType = RouteKey === 'GET /signed' ? 'AWS_IAM' : 'NONE'
      await client.send(
        new CreateRouteCommand({ ApiId, RouteKey, AuthorizationType, Target: `integrations/${IntegrationId}` }),
      )
    }
    await client.send(
      new CreateStageCommand({
        ApiId,
        StageName: 'prod',
        AutoDeploy: true,
        DefaultRouteSettings: all,
        RouteSettings: { 'GET /pets': own },
      }),
    )
    return ApiId
  }
  const refused = ({ status, text, errorType }: Answered): unknown[] => [status, text, errorType]

  test('have their own limits, or those of the stage, each for itself', async () => {
    const limits = { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 4 }
    const id = await httpApi(limits, { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 })
    expect(await passing(9, () => call(access, id, '/pets'))).toBe(4)
    expect(await passing(9, () => call(access, id, '/cats'))).toBe(2)
    expect(refused(await call(access, id, '/cats'))).toEqual([429, '{"message":"Too Many Requests"}', null])
    access.gateway.clock.advance(1_000)
    expect(await passing(9, () => call(access, id, '/cats'))).toBe(1)
  })

  test('are throttled before anybody is asked who calls', async () => {
    const id = await httpApi({}, { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 })
    expect((await call(access, id, '/signed')).status).toBe(403)
    expect((await call(access, id, '/signed')).status).toBe(429)
  })

  test('with a limit of 0 let nothing pass', async () => {
    const id = await httpApi({ ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 }, {})
    expect(await passing(3, () => call(access, id, '/pets'))).toBe(0)
    expect(await passing(3, () => call(access, id, '/cats'))).toBe(3)
  })
})
