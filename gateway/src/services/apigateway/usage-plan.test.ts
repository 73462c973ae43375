// API keys and usage plans against the cases of recorded REST 15 and the rules of Security D.
import { describe, expect, test } from 'vitest'
import type { Op } from '@sluice/aws-protocol/apigateway'
import { parseCsv } from './csv.ts'
import {
  addMockMethod,
  badRequest,
  conflict,
  createApi,
  createControlPlane,
  notFound,
  nowMs,
  refusal,
  scope,
} from './testing.ts'

const value = 'a-value-of-twenty-characters'

describe('API keys', () => {
  test('answer their value only when made, or when asked for', async () => {
    const { run } = createControlPlane()
    const key = await run('CreateApiKey', { name: '', value: '' })
    expect(key).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      value: expect.stringMatching(/^[a-z0-9]{40}$/),
      enabled: false,
      createdDate: nowMs / 1000,
      lastUpdatedDate: nowMs / 1000,
      stageKeys: [],
    })
    const apiKey = key.id ?? ''
    expect(await run('GetApiKey', { apiKey })).not.toHaveProperty('value')
    expect((await run('GetApiKeys', { includeValues: true })).items).toEqual([key])
  })

  test.each([
    [{ name: 'x'.repeat(1025) }, 'Invalid API Key name, can be at most 1024 characters.'],
    [{ value: 'x'.repeat(19) }, 'API Key value should be at least 20 characters'],
    [{ value: 'x'.repeat(129) }, 'API Key value exceeds maximum size of 128 characters'],
  ])('are refused with %j', async (input, message) => {
    expect(await refusal(createControlPlane().run('CreateApiKey', input))).toEqual(badRequest(message))
  })

  test('have values of their own, free again once the key is deleted', async () => {
    const { run } = createControlPlane()
    const { id: apiKey = '' } = await run('CreateApiKey', { value })
    expect(await refusal(run('CreateApiKey', { value }))).toEqual(conflict('API Key already exists'))
    await run('DeleteApiKey', { apiKey })
    await run('CreateApiKey', { value })
  })

  test('are found by a prefix of their name, in its case', async () => {
    const { run } = createControlPlane()
    await run('CreateApiKey', { name: 'Alpha' })
    const count = async (nameQuery: string) => (await run('GetApiKeys', { nameQuery })).items?.length
    expect([await count('Al'), await count('al'), await count('pha')]).toEqual([1, 0, 0])
  })

  test('refuse to patch what is not theirs', async () => {
    const { run } = createControlPlane()
    const { id: apiKey = '' } = await run('CreateApiKey', {})
    const patch = (path: string, value: string) =>
      run('UpdateApiKey', { apiKey, patchOperations: [{ op: 'replace', path, value }] })
    expect((await patch('/enabled', 'true')).enabled).toBe(true)
    expect(await refusal(patch('/id', 'x'))).toEqual(
      badRequest(
        "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description, /enabled, /name, /customerId]",
      ),
    )
  })

  test('are given stages that are there', async () => {
    const { run, restApiId } = await staged()
    const { id: apiKey = '' } = await run('CreateApiKey', {})
    const patch = (op: Op, value: string) =>
      run('UpdateApiKey', { apiKey, patchOperations: [{ op, path: '/stages', value }] })
    expect((await patch('add', `${restApiId}/dev`)).stageKeys).toEqual([`${restApiId}/dev`])
    expect(await refusal(patch('add', `${restApiId}/nope`))).toEqual(badRequest('Invalid stage identifier specified'))
    expect((await patch('remove', `${restApiId}/dev`)).stageKeys).toEqual([])
  })
})

async function staged() {
  const plane = createControlPlane()
  const api = await createApi(plane)
  await addMockMethod(plane, api)
  await plane.run('CreateDeployment', { restApiId: api.restApiId, stageName: 'dev' })
  const apiStage = { apiId: api.restApiId, stage: 'dev' }
  const plan = async (more: object = {}) => (await plane.run('CreateUsagePlan', { name: 'p', ...more })).id ?? ''
  return { ...plane, ...api, apiStage, plan, stageName: `${api.restApiId}:dev` }
}

describe('usage plans', () => {
  test('show their stages always and their tags as recorded', async () => {
    const { run, plan } = await staged()
    const usagePlanId = await plan()
    expect(await run('GetUsagePlan', { usagePlanId })).toEqual({ id: usagePlanId, name: 'p', apiStages: [], tags: {} })
    expect((await run('GetUsagePlans', {})).items).toEqual([{ id: usagePlanId, name: 'p', apiStages: [] }])
    expect(await refusal(run('GetUsagePlan', { usagePlanId: 'x' }))).toEqual(
      notFound('Invalid Usage Plan ID specified'),
    )
  })

  test('are patched part by part', async () => {
    const { run, plan, stageName, apiStage } = await staged()
    const usagePlanId = await plan()
    const patch = (...patchOperations: { op: Op; path: string; value?: string }[]) =>
      run('UpdateUsagePlan', { usagePlanId, patchOperations })
    expect(
      await patch(
        { op: 'replace', path: '/quota/period', value: 'MONTH' },
        { op: 'replace', path: '/quota/limit', value: '1000' },
        { op: 'replace', path: '/throttle/rateLimit', value: '200' },
        { op: 'replace', path: '/throttle/burstLimit', value: '100' },
      ),
    ).toMatchObject({
      quota: { limit: 1000, offset: 0, period: 'MONTH' },
      throttle: { rateLimit: 200, burstLimit: 100 },
    })
    expect((await patch({ op: 'add', path: '/productCode', value: 'code' })).productCode).toBe('code')
    expect(await patch({ op: 'remove', path: '/productCode' })).not.toHaveProperty('productCode')
    expect((await patch({ op: 'add', path: '/apiStages', value: stageName })).apiStages).toEqual([apiStage])
    const limits = `/apiStages/${stageName}/throttle`
    expect(
      await patch(
        { op: 'add', path: `${limits}/~1pets~1{id}/GET/rateLimit`, value: '5' },
        { op: 'replace', path: `${limits}//pets/{id}/GET/burstLimit`, value: '6' },
        { op: 'add', path: `${limits}/~1/GET/rateLimit`, value: '7' },
      ),
    ).toMatchObject({
      apiStages: [{ throttle: { '/pets/{id}/GET': { rateLimit: 5, burstLimit: 6 }, '//GET': { rateLimit: 7 } } }],
    })
    expect((await patch({ op: 'remove', path: limits })).apiStages).toEqual([apiStage])
    const throttle = { '/pets/GET': { rateLimit: 1, burstLimit: 2 } }
    expect((await patch({ op: 'replace', path: limits, value: JSON.stringify(throttle) })).apiStages).toEqual([
      { ...apiStage, throttle },
    ])
    expect((await patch({ op: 'add', path: limits, value: '{}' })).apiStages).toEqual([apiStage])
    expect(await refusal(patch({ op: 'replace', path: limits, value: '{"/pets/GET":null}' }))).toEqual(
      badRequest('Invalid throttle specified'),
    )
    expect(await refusal(patch({ op: 'replace', path: '/throttle/burstLimit', value: '0.5' }))).toEqual(
      badRequest('Invalid burstLimit specified'),
    )
    await patch({ op: 'remove', path: limits })
    expect(await refusal(patch({ op: 'remove', path: '/apiStages' }))).toEqual(
      badRequest('Invalid API Stage specified'),
    )
    expect(await refusal(patch({ op: 'remove', path: '/apiStages', value: 'nope:dev' }))).toEqual(
      notFound(`Invalid API Stage {api: nope, stage: dev} specified for usageplan ${usagePlanId}`),
    )
    expect(await refusal(patch({ op: 'remove', path: `/apiStages/${stageName}` }))).toEqual(
      badRequest(
        `Invalid patch path  '/apiStages/${stageName}' specified for op 'remove'. Must be one of: [/apiStages, /quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, /apiStages/<apidId:stageName>/throttle]`,
      ),
    )
    expect(await refusal(patch({ op: 'add', path: '/apiStages', value: 'nope:dev' }))).toEqual(
      notFound('API Stage not found: nope:dev'),
    )
    expect(await refusal(patch({ op: 'replace', path: '/quota/offset', value: '28' }))).toEqual(
      badRequest('Usage Plan quota offset must be between 0 and 27 inclusive in the MONTH period'),
    )
  })

  test.each([
    [{ quota: { limit: 1 } }, 'Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]'],
    [{ quota: { limit: -1, period: 'DAY' } }, 'Usage Plan quota limit must be a non-negative numeric'],
    [{ quota: { limit: 0, period: 'DAY' } }, 'Usage Plan quota limit must be a non-negative numeric'],
    [
      { quota: { limit: 1, period: 'WEEK', offset: 7 } },
      'Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period',
    ],
    [{ apiStages: [{ stage: 'dev' }] }, 'Invalid API Stage {api: %s, stage: %s} specified for usageplan %s'],
    [{ apiStages: [{ apiId: 'any', stage: '' }] }, 'Invalid API Stage {api: %s, stage: %s} specified for usageplan %s'],
  ])('are refused with %j', async (more, sentence) => {
    const { plan } = await staged()
    expect(await refusal(plan(more))).toEqual(badRequest(sentence))
  })

  test('are refused with a limit of what is no method', async () => {
    const { plan, apiStage } = await staged()
    const limits = (key: string) => [{ ...apiStage, throttle: { [key]: { rateLimit: 1, burstLimit: 2 } } }]
    expect(await refusal(plan({ apiStages: limits('/pets') }))).toEqual(
      badRequest('Invalid method {resourcePath: /pets,method: } specified'),
    )
    expect(await refusal(plan({ apiStages: limits('//GET'), throttle: { rateLimit: 1 } }))).toBeUndefined()
  })

  test('limit methods only where the plan has a limit of its own', async () => {
    const { run, plan, apiStage } = await staged()
    const apiStages = [{ ...apiStage, throttle: { '//GET': { rateLimit: 1, burstLimit: 2 } } }]
    const refused = badRequest('Can not define fine grain throttling if usage plan throttle is not defined.')
    expect(await refusal(plan({ apiStages }))).toEqual(refused)
    const usagePlanId = await plan({ apiStages: [apiStage] })
    const path = `/apiStages/${apiStage.apiId}:dev/throttle/~1/GET/rateLimit`
    const patchOperations = [{ op: 'add' as const, path, value: '7' }]
    expect(await refusal(run('UpdateUsagePlan', { usagePlanId, patchOperations }))).toEqual(refused)
  })

  test('go only without stages, and a stage that goes leaves them', async () => {
    const { run, plan, apiStage, stageName, restApiId } = await staged()
    const usagePlanId = await plan({ apiStages: [apiStage] })
    expect(await refusal(run('DeleteUsagePlan', { usagePlanId }))).toEqual(
      badRequest(
        `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, including ${stageName}`,
      ),
    )
    await run('DeleteStage', { restApiId, stageName: 'dev' })
    expect((await run('GetUsagePlan', { usagePlanId })).apiStages).toEqual([])
    await run('DeleteUsagePlan', { usagePlanId })
    expect(await refusal(plan({ apiStages: [apiStage] }))).toEqual(badRequest('Invalid API Stage specified'))
  })

  test('take a key once, and not when another plan has it for the same stage', async () => {
    const { run, plan, apiStage } = await staged()
    const { id: keyId = '' } = await run('CreateApiKey', { name: 'k', value })
    const first = await plan({ apiStages: [apiStage] })
    const second = await plan({ apiStages: [apiStage] })
    const join = (usagePlanId: string, keyType = 'API_KEY') =>
      run('CreateUsagePlanKey', { usagePlanId, keyId, keyType })
    expect(await join(first)).toEqual({ id: keyId, type: 'API_KEY', value, name: 'k' })
    expect(await refusal(join(first))).toMatchObject({ status: 409 })
    expect(await refusal(join(second))).toMatchObject({ status: 409 })
    expect(await refusal(join(second, 'OTHER'))).toMatchObject({ status: 400 })
    expect((await run('GetUsagePlans', { keyId })).items?.map(({ id }) => id)).toEqual([first])
    expect((await run('GetUsagePlanKeys', { usagePlanId: first, nameQuery: 'k' })).items).toHaveLength(1)
    await run('DeleteApiKey', { apiKey: keyId })
    expect(await refusal(run('GetUsagePlanKey', { usagePlanId: first, keyId }))).toEqual(
      notFound('Invalid Key identifier specified'),
    )
  })
})

describe('ImportApiKeys', () => {
  const csv = (...lines: string[]) => new TextEncoder().encode(lines.join('\n'))

  test('makes keys, joins plans, warns of unknown ones, and overwrites on a second run', async () => {
    const { run, plan } = await staged()
    const usagePlanId = await plan()
    const line = `first,${value},"${usagePlanId},nope",FALSE,"say ""hi"""`
    const { ids = [], warnings } = await run('ImportApiKeys', {
      format: 'csv',
      body: csv('Name,key,UsageplanIds,Enabled,description', line),
    })
    const apiKey = ids[0] ?? ''
    expect(warnings).toEqual([`Unable to add API Key ${apiKey} to Usage Plan nope: Invalid Usage Plan ID specified`])
    expect(await run('GetApiKey', { apiKey })).toMatchObject({ name: 'first', enabled: false, description: 'say "hi"' })
    expect((await run('GetUsagePlanKeys', { usagePlanId })).items).toHaveLength(1)
    const again = await run('ImportApiKeys', { format: 'csv', body: csv('key,name', `${value},second`) })
    expect(again.ids).toEqual([apiKey])
    expect(await run('GetApiKey', { apiKey })).toMatchObject({ name: 'second', enabled: true })
  })

  test('rolls back when warnings are not accepted', async () => {
    const { run, store } = createControlPlane()
    const body = csv('name,key,usageplanIds', `first,${value},nope`)
    expect(await refusal(run('ImportApiKeys', { format: 'csv', body, failOnWarnings: true }))).toMatchObject({
      status: 400,
    })
    expect(await store.read(scope).list('ApiKey', [])).toEqual([])
  })
})

test('reads quoted fields, both line ends and blank lines', () => {
  expect(parseCsv('a,"b,""c"""\r\n\r\n d ,\ne')).toEqual([['a', 'b,"c"'], ['d', ''], ['e']])
  expect(parseCsv('')).toEqual([])
  expect(parseCsv('"a\n,b')).toEqual([['a\n,b']])
  expect(parseCsv('"a"x,b\n"')).toEqual([['a', 'b']])
})

test('reads what is no such text in no more time', () => {
  const startedAt = performance.now()
  expect(parseCsv(`"${'a'.repeat(1_000_000)}"b`)).toEqual([['a'.repeat(1_000_000)]])
  expect(parseCsv('""'.repeat(500_000))).toHaveLength(1)
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
