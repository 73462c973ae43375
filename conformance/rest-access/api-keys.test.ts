// API keys, usage plans and quotas of REST APIs. Security D.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetUsageCommand,
  UpdateApiKeyCommand,
  UpdateUsageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { putMethod } from '../fixture/rest-api.ts'
import {
  addAuthorizer,
  addMock,
  call,
  createApi,
  deploy,
  outcome,
  startAccess,
  type Access,
  type Answered,
} from './access.ts'
import { createKey, createPlan, joinPlan, type ApiKey } from './plans.ts'

const dayMs = 86_400_000
/** A Friday. */
const startAtMs = Date.UTC(2026, 10, 20, 7, 13, 5)

let access: Access

beforeAll(() => {
  access = startAccess({ startAtMs })
})

afterAll(() => access.gateway.close())

async function keyedApi(more: object = {}, of: Access = access): Promise<string> {
  const id = await createApi(of, more)
  for (const path of ['/', '/pets/{id}', '/cats']) {
    await addMock(of, id, path, {
      template: '$context.identity.apiKeyId $context.identity.apiKey',
      method: { apiKeyRequired: true },
    })
  }
  await addMock(of, id, '/open', {})
  await deploy(of, id)
  return id
}

const showing = ({ value }: Pick<ApiKey, 'value'>, path = '/cats'): [string, RequestInit] => [
  path,
  { headers: { 'X-Api-Key': value } },
]
const forbidden = [403, 'ForbiddenException', '{"message":"Forbidden"}']
const exceeded = [429, 'LimitExceededException', '{"message":"Limit Exceeded"}']
const throttled = [429, 'TooManyRequestsException', '{"message":"Too Many Requests"}']
const statuses = (answers: readonly Answered[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
/** Requests that come together. */
const many = (
  id: string,
  key: ApiKey,
  requests: number,
  { path = '/cats', of = access }: { readonly path?: string; readonly of?: Access } = {},
): Promise<Answered[]> => Promise.all(Array.from({ length: requests }, () => call(of, id, ...showing(key, path))))

describe('keys', () => {
  test('let in when they are enabled and a plan covers the stage, and are known then', async () => {
    const id = await keyedApi()
    const key = await createKey(access)
    expect(outcome(await call(access, id, '/cats'))).toEqual(forbidden)
    expect(outcome(await call(access, id, ...showing({ value: 'unknown' })))).toEqual(forbidden)
    expect(outcome(await call(access, id, ...showing(key)))).toEqual(forbidden)
    const plan = await createPlan(access, [])
    await joinPlan(access, plan, key)
    expect(outcome(await call(access, id, ...showing(key)))).toEqual(forbidden)
    const addStage = { op: 'add', path: '/apiStages', value: `${id}:prod` } as const
    await access.rest.send(new UpdateUsagePlanCommand({ usagePlanId: plan, patchOperations: [addStage] }))
    const answer = await call(access, id, ...showing(key))
    expect([answer.status, answer.text]).toEqual([200, `${key.id} ${key.value}`])
  })

  test('that are disabled, deleted or taken out of the plan are refused at once', async () => {
    const id = await keyedApi()
    const [key, other] = [await createKey(access), await createKey(access)]
    const plan = await createPlan(access, [id])
    await joinPlan(access, plan, key)
    await joinPlan(access, plan, other)
    const enable = async (value: string): Promise<number> => {
      const patchOperations = [{ op: 'replace', path: '/enabled', value } as const]
      await access.rest.send(new UpdateApiKeyCommand({ apiKey: key.id, patchOperations }))
      return (await call(access, id, ...showing(key))).status
    }
    expect([await enable('false'), await enable('true')]).toEqual([403, 200])
    await access.rest.send(new DeleteUsagePlanKeyCommand({ usagePlanId: plan, keyId: key.id }))
    expect((await call(access, id, ...showing(key))).status).toBe(403)
    expect((await call(access, id, ...showing(other))).status).toBe(200)
    await access.rest.send(new DeleteApiKeyCommand({ apiKey: other.id }))
    expect((await call(access, id, ...showing(other))).status).toBe(403)
  })

  test('are ignored where none is required', async () => {
    const id = await keyedApi()
    expect((await call(access, id, ...showing({ value: 'unknown' }, '/open'))).status).toBe(200)
  })

  test('may be named by the authorizer instead of the header', async () => {
    const source = `exports.handler = async ({ authorizationToken }) => ({
      principalId: 'a',
      policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      ...(authorizationToken !== 'none' && { usageIdentifierKey: authorizationToken }),
    })`
    const authorizerUri = invocationUri(await createNodeFunction(access.lambda, 'naming', source))
    const id = await createApi(access, { apiKeySource: 'AUTHORIZER' })
    const authorizerId = await addAuthorizer(access, id, {
      authorizerUri,
      identitySource: 'method.request.header.Authorization',
    })
    await addMock(access, id, '/cats', { method: { apiKeyRequired: true, authorizationType: 'CUSTOM', authorizerId } })
    await addMock(access, id, '/nobody', { method: { apiKeyRequired: true } })
    await deploy(access, id)
    const key = await createKey(access)
    await joinPlan(access, await createPlan(access, [id]), key)
    const named = (authorization: string): Promise<Answered> =>
      call(access, id, '/cats', { headers: { authorization, 'x-api-key': key.value } })
    expect((await named(key.value)).status).toBe(200)
    expect(outcome(await named('another-value'))).toEqual(forbidden)
    expect(outcome(await named('none'))).toEqual(forbidden)
    expect(outcome(await call(access, id, ...showing(key, '/nobody')))).toEqual(forbidden)
  })

  test('are shown to functions', async () => {
    const source =
      'exports.handler = async ({ requestContext }) => ({ statusCode: 200, body: JSON.stringify(requestContext.identity) })'
    const uri = invocationUri(await createNodeFunction(access.lambda, 'keyed', source))
    const id = await createApi(access)
    const integration = { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri } as const
    await putMethod(access.rest, id, '/cats', { method: { apiKeyRequired: true }, integration })
    await deploy(access, id)
    const key = await createKey(access)
    await joinPlan(access, await createPlan(access, [id]), key)
    const { text } = await call(access, id, ...showing(key))
    expect(JSON.parse(text)).toMatchObject({ apiKey: key.value, apiKeyId: key.id })
  })
})

describe('quotas', () => {
  test('let exactly their limit pass, also when requests come together', async () => {
    const id = await keyedApi()
    const key = await createKey(access)
    await joinPlan(access, await createPlan(access, [id], { quota: { limit: 50, period: 'DAY' } }), key)
    expect(statuses(await many(id, key, 120))).toEqual({ 200: 50, 429: 70 })
    expect(outcome(await call(access, id, ...showing(key)))).toEqual(exceeded)
    access.gateway.clock.advance(dayMs)
    expect(statuses(await many(id, key, 60))).toEqual({ 200: 50, 429: 10 })
  })

  test('are counted for each key, over all stages of the plan', async () => {
    const ids = [await keyedApi(), await keyedApi()]
    const keys = [await createKey(access), await createKey(access)]
    const plan = await createPlan(access, ids, { quota: { limit: 3, period: 'MONTH' } })
    for (const key of keys) await joinPlan(access, plan, key)
    for (const key of keys) {
      expect(statuses(await many(ids[0] ?? '', key, 2))).toEqual({ 200: 2 })
      expect(statuses(await many(ids[1] ?? '', key, 2))).toEqual({ 200: 1, 429: 1 })
    }
  })

  test('tell what was used, and can be given more', async () => {
    const own = startAccess({ startAtMs })
    const id = await keyedApi({}, own)
    const [key, idle] = [await createKey(own), await createKey(own)]
    const plan = await createPlan(own, [id], { quota: { limit: 5, period: 'WEEK' } })
    await joinPlan(own, plan, key)
    await joinPlan(own, plan, idle)
    await many(id, key, 3, { of: own })
    own.gateway.clock.advance(dayMs)
    await many(id, key, 9, { of: own })
    const usage = async (more: { keyId?: string } = {}): Promise<unknown> => {
      const { usagePlanId, startDate, endDate, items } = await own.rest.send(
        new GetUsageCommand({ usagePlanId: plan, startDate: '2026-11-19', endDate: '2026-11-22', ...more }),
      )
      return { usagePlanId, startDate, endDate, items }
    }
    const days = { usagePlanId: plan, startDate: '2026-11-19', endDate: '2026-11-22' }
    // The week begins on Sunday, the 22nd.
    expect(await usage()).toEqual({
      ...days,
      items: {
        [key.id]: [
          [0, 5],
          [3, 2],
          [2, 0],
          [0, 5],
        ],
      },
    })
    expect(await usage({ keyId: idle.id })).toEqual({
      ...days,
      items: {
        [idle.id]: [
          [0, 5],
          [0, 5],
          [0, 5],
          [0, 5],
        ],
      },
    })
    const patchOperations = [{ op: 'replace', path: '/remaining', value: '4' } as const]
    const updated = await own.rest.send(new UpdateUsageCommand({ usagePlanId: plan, keyId: key.id, patchOperations }))
    expect(updated).toMatchObject({ usagePlanId: plan, startDate: '2026-11-15', endDate: '2026-11-21' })
    expect(updated.items?.[key.id]?.at(-1)).toEqual([2, 4])
    expect(statuses(await many(id, key, 9, { of: own }))).toEqual({ 200: 4, 429: 5 })
    // Another limit holds at once, and what is left is told by it.
    const patches = [{ op: 'replace', path: '/quota/limit', value: '7' } as const]
    await own.rest.send(new UpdateUsagePlanCommand({ usagePlanId: plan, patchOperations: patches }))
    expect(await usage({ keyId: key.id })).toMatchObject({
      items: {
        [key.id]: [
          [0, 7],
          [3, 2],
          [6, 2],
          [0, 7],
        ],
      },
    })
    expect(statuses(await many(id, key, 9, { of: own }))).toEqual({ 200: 2, 429: 7 })
    await own.gateway.close()
  })

  test('outlive a restart', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-quota-'))
    const before = startAccess({ startAtMs, dataFolder })
    const id = await keyedApi({}, before)
    const key = await createKey(before)
    await joinPlan(before, await createPlan(before, [id], { quota: { limit: 10, period: 'DAY' } }), key)
    expect(statuses(await many(id, key, 4, { of: before }))).toEqual({ 200: 4 })
    await before.gateway.close()
    const after = startAccess({ startAtMs: startAtMs + 1000, dataFolder })
    expect(statuses(await many(id, key, 10, { of: after }))).toEqual({ 200: 6, 429: 4 })
    await after.gateway.close()
    await rm(dataFolder, { recursive: true })
  })

  test('refuse what cannot be asked for', async () => {
    const plan = await createPlan(access, [], { quota: { limit: 1, period: 'DAY' } })
    const usage = (startDate: string, endDate: string): Promise<unknown> =>
      access.rest.send(new GetUsageCommand({ usagePlanId: plan, startDate, endDate }))
    await expect(usage('2026-02-30', '2026-03-01')).rejects.toMatchObject({ name: 'BadRequestException' })
    await expect(usage('2026-03-02', '2026-03-01')).rejects.toMatchObject({ name: 'BadRequestException' })
    await expect(usage('2026-01-01', '2026-12-01')).rejects.toMatchObject({ name: 'BadRequestException' })
    await expect(
      access.rest.send(new UpdateUsageCommand({ usagePlanId: plan, keyId: 'missing', patchOperations: [] })),
    ).rejects.toMatchObject({ name: 'NotFoundException', message: 'Invalid Key identifier specified' })
  })
})

describe('plan throttles', () => {
  test('hold for each key: the method’s first, then the plan’s, then the quota; what is refused is not counted', async () => {
    const id = await keyedApi()
    const [key, other] = [await createKey(access), await createKey(access)]
    const apiStages = [{ apiId: id, stage: 'prod', throttle: { '/pets/{id}/GET': { rateLimit: 1, burstLimit: 2 } } }]
    const plan = await createPlan(access, [], {
      apiStages,
      throttle: { rateLimit: 2, burstLimit: 5 },
      quota: { limit: 8, period: 'DAY' },
    })
    await joinPlan(access, plan, key)
    await joinPlan(access, plan, other)
    // The method's two, then three more of the plan's five.
    expect(statuses(await many(id, key, 9, { path: '/pets/1' }))).toEqual({ 200: 2, 429: 7 })
    expect(statuses(await many(id, key, 9))).toEqual({ 200: 3, 429: 6 })
    expect(outcome(await call(access, id, ...showing(key)))).toEqual(throttled)
    expect(statuses(await many(id, other, 9))).toEqual({ 200: 5, 429: 4 })
    access.gateway.clock.advance(1_000)
    expect(statuses(await many(id, key, 9))).toEqual({ 200: 2, 429: 7 })
    access.gateway.clock.advance(1_000)
    // Seven were let in: the quota has one left, the plan's bucket two.
    expect(statuses(await many(id, key, 9))).toEqual({ 200: 1, 429: 8 })
    expect(outcome(await call(access, id, ...showing(key)))).toEqual(exceeded)
  })

  test('of an ANY method are those of the verb, or of all verbs together', async () => {
    const id = await createApi(access)
    const apiKeyRequired = { method: { apiKeyRequired: true } }
    await addMock(access, id, '/cats', { httpMethod: 'ANY', ...apiKeyRequired })
    await deploy(access, id)
    const key = await createKey(access)
    const limits = { '/cats/POST': { rateLimit: 1, burstLimit: 1 }, '/cats/ANY': { rateLimit: 1, burstLimit: 3 } }
    const apiStages = [{ apiId: id, stage: 'prod', throttle: limits }]
    const throttle = { rateLimit: 1000, burstLimit: 1000 }
    await joinPlan(access, await createPlan(access, [], { apiStages, throttle }), key)
    const passed: number[] = []
    for (const method of ['POST', 'POST', 'GET', 'PUT', 'GET', 'PUT']) {
      passed.push((await call(access, id, '/cats', { method, headers: { 'x-api-key': key.value } })).status)
    }
    expect(passed).toEqual([200, 429, 200, 200, 200, 429])
  })

  test('of the root method are written with two slashes', async () => {
    const id = await keyedApi()
    const key = await createKey(access)
    const apiStages = [{ apiId: id, stage: 'prod', throttle: { '//GET': { rateLimit: 1, burstLimit: 1 } } }]
    const throttle = { rateLimit: 1000, burstLimit: 1000 }
    await joinPlan(access, await createPlan(access, [], { apiStages, throttle }), key)
    expect(statuses(await many(id, key, 3, { path: '/' }))).toEqual({ 200: 1, 429: 2 })
    expect(statuses(await many(id, key, 3))).toEqual({ 200: 3 })
  })
})
