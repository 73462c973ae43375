// Stage caches of REST APIs. REST 11.
import {
  DeleteStageCommand,
  FlushStageAuthorizersCacheCommand,
  FlushStageCacheCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deploy as deployTo, putMethod } from '../fixture/rest-api.ts'
import { startBackend, type Backend } from '../http-plans/backend.ts'
import { call, createApi, deploy, outcome, policy, startAccess, type Access, type Answered } from './access.ts'
import { callSigned, type Credentials } from './signing.ts'

let access: Access
let backend: Backend
let calls = 0
let answer = (): { status: number; body: string } => ({ status: 200, body: String(calls) })

beforeAll(async () => {
  access = startAccess()
  backend = await startBackend()
  backend.answer = (request, response) => {
    calls++
    const { status, body } = answer()
    const delayMs = request.url?.includes('slow') === true ? 30 : 0
    setTimeout(() => response.writeHead(status, { 'X-Call': String(calls) }).end(body), delayMs)
  }
})

beforeEach(() => {
  answer = () => ({ status: 200, body: String(calls) })
})

afterAll(async () => {
  await access.gateway.close()
  await backend.close()
})

interface CachePlan {
  readonly settings?: Readonly<Record<string, string>>
  readonly httpMethod?: string
  readonly keys?: string[]
  readonly parameters?: Record<string, boolean>
  readonly mappings?: Record<string, string>
  readonly namespace?: string
  readonly authorizationType?: string
}

async function cachedApi(plan: CachePlan = {}): Promise<string> {
  const id = await createApi(access)
  for (const path of ['/pets/{id}', '/cats']) {
    await putMethod(access.rest, id, path, {
      httpMethod: plan.httpMethod ?? 'GET',
      method: {
        authorizationType: plan.authorizationType ?? 'NONE',
        requestParameters: { ...(path === '/pets/{id}' && { 'method.request.path.id': true }), ...plan.parameters },
      },
      integration: {
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: `${backend.url}/slow`,
        cacheKeyParameters: plan.keys?.filter((key) => path.includes('{') || !key.includes('.path.')),
        ...(plan.mappings && { requestParameters: plan.mappings }),
        ...(plan.namespace !== undefined && { cacheNamespace: plan.namespace }),
      },
    })
  }
  await deploy(access, id)
  await patch(id, { '/cacheClusterEnabled': 'true', '/*/*/caching/enabled': 'true', ...plan.settings })
  return id
}

async function patch(id: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const patchOperations = Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value }) as const)
  await access.rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
}

const texts = async (...asking: readonly Promise<Answered>[]): Promise<string[]> =>
  (await Promise.all(asking)).map(({ text }) => text)
/** Which of the answers, asked for one after the other, are the first one's. */
async function same(id: string, paths: readonly string[], init?: RequestInit): Promise<boolean[]> {
  const first = (await call(access, id, paths[0] ?? '', init)).text
  const rest: boolean[] = []
  for (const path of paths.slice(1)) rest.push((await call(access, id, path, init)).text === first)
  return rest
}

describe('answers', () => {
  test('are remembered for their time, with status and headers, and ids of their own', async () => {
    const id = await cachedApi({ settings: { '/*/*/caching/ttlInSeconds': '60' } })
    const first = await call(access, id, '/cats')
    const second = await call(access, id, '/cats?x=1', { headers: { 'x-any': '1' } })
    expect([second.status, second.text]).toEqual([200, first.text])
    expect(second.headers.get('x-call')).toBe(first.headers.get('x-call'))
    for (const name of ['x-amzn-requestid', 'x-amz-apigw-id']) {
      expect(second.headers.get(name)).toMatch(/^[\w=-]{16,36}$/)
      expect(second.headers.get(name)).not.toBe(first.headers.get(name))
    }
    access.gateway.clock.advance(59_999)
    expect((await call(access, id, '/cats')).text).toBe(first.text)
    access.gateway.clock.advance(1)
    expect((await call(access, id, '/cats')).text).not.toBe(first.text)
  })

  test('are asked for once by requests that come together', async () => {
    const id = await cachedApi()
    const before = calls
    const asked = await texts(...Array.from({ length: 20 }, () => call(access, id, '/cats')))
    expect([new Set(asked).size, calls - before]).toEqual([1, 1])
  })

  test('that are no success are not remembered, and whoever waited asks for itself', async () => {
    const id = await cachedApi()
    answer = () => ({ status: 500, body: `${calls}` })
    const before = calls
    const asked = await Promise.all([1, 2, 3].map(() => call(access, id, '/cats')))
    expect(asked.map(({ status }) => status)).toEqual([500, 500, 500])
    expect(calls - before).toBe(3)
  })

  test('larger than a megabyte pass without being remembered', async () => {
    const id = await cachedApi()
    answer = () => ({ status: 200, body: `${calls}`.padEnd(1_048_577) })
    expect(await same(id, ['/cats', '/cats'])).toEqual([false])
    answer = () => ({ status: 200, body: `${calls}`.padEnd(1_048_576) })
    expect(await same(id, ['/pets/1', '/pets/1'])).toEqual([true])
  })

  test('are the stage’s own, and of one deployment', async () => {
    const id = await cachedApi()
    const { text } = await call(access, id, '/cats')
    await deployTo(access.rest, id, 'prod')
    expect((await call(access, id, '/cats')).text).not.toBe(text)
    const other = await cachedApi()
    expect((await call(access, other, '/cats')).text).not.toBe(text)
  })

  test('survive a change of the stage that is not about the cache, and no flush', async () => {
    const id = await cachedApi()
    const { text } = await call(access, id, '/cats')
    await patch(id, { '/description': 'changed' })
    expect((await call(access, id, '/cats')).text).toBe(text)
    await access.rest.send(new FlushStageAuthorizersCacheCommand({ restApiId: id, stageName: 'prod' }))
    expect((await call(access, id, '/cats')).text).toBe(text)
    await access.rest.send(new FlushStageCacheCommand({ restApiId: id, stageName: 'prod' }))
    expect((await call(access, id, '/cats')).text).not.toBe(text)
    await access.rest.send(new DeleteStageCommand({ restApiId: id, stageName: 'prod' }))
    expect((await call(access, id, '/cats')).status).toBe(403)
  })
})

describe('keys', () => {
  test('have nothing of the request without key parameters, not even the path', async () => {
    expect(await same(await cachedApi(), ['/pets/1', '/pets/2', '/pets/2?a=1', '/cats'])).toEqual([true, true, false])
  })

  test('tell path, query and headers apart where parameters say so; absent is a value', async () => {
    const id = await cachedApi({
      keys: ['method.request.querystring.q', 'method.request.header.x-lang'],
      parameters: { 'method.request.querystring.q': false, 'method.request.header.x-lang': false },
    })
    expect(await same(id, ['/cats?q=1', '/cats?q=1&other=2', '/cats?q=2', '/cats'])).toEqual([true, false, false])
    expect(await same(id, ['/cats?q=', '/cats?q=', '/cats'])).toEqual([true, false])
    const lang = (value: string): Promise<Answered> => call(access, id, '/cats?q=1', { headers: { 'x-lang': value } })
    const [one] = await texts(lang('de'))
    expect(await texts(lang('de'))).toEqual([one])
    expect(await texts(lang('en'))).not.toEqual([one])
    const paths = await cachedApi({ keys: ['method.request.path.id'] })
    expect(await same(paths, ['/pets/1', '/pets/1', '/pets/2'])).toEqual([true, false])
  })

  test('may name what the mapping makes of a parameter', async () => {
    const id = await cachedApi({
      keys: ['integration.request.querystring.kind'],
      parameters: { 'method.request.querystring.k': false },
      mappings: { 'integration.request.querystring.kind': 'method.request.querystring.k' },
    })
    expect(await same(id, ['/cats?k=1', '/cats?k=1&z=1', '/cats?k=2'])).toEqual([true, false])
  })

  test('share what a namespace of two resources holds', async () => {
    expect(await same(await cachedApi({ namespace: 'both' }), ['/cats', '/pets/1'])).toEqual([true])
  })
})

describe('methods', () => {
  test('other than GET are cached by their own settings only', async () => {
    const id = await cachedApi({ httpMethod: 'POST' })
    const post = { method: 'POST' }
    expect(await same(id, ['/cats', '/cats'], post)).toEqual([false])
    await patch(id, { '/cats/POST/caching/enabled': 'true' })
    expect(await same(id, ['/cats', '/cats'], post)).toEqual([true])
  })

  test('ANY are cached for GET by the stage’s settings, and for other verbs by settings of their own', async () => {
    const id = await cachedApi({ httpMethod: 'ANY' })
    expect(await same(id, ['/cats', '/cats'])).toEqual([true])
    expect(await same(id, ['/cats', '/cats'], { method: 'POST' })).toEqual([false])
    await patch(id, { '/~1cats/POST/caching/enabled': 'true', '/~1cats/GET/caching/enabled': 'false' })
    expect(await same(id, ['/cats', '/cats'])).toEqual([false])
    expect(await same(id, ['/cats', '/cats'], { method: 'POST' })).toEqual([true])
    expect(await same(id, ['/cats', '/cats'], { method: 'PUT' })).toEqual([false])
  })

  test('may be left out, or have a time of 0', async () => {
    const id = await cachedApi({ settings: { '/cats/GET/caching/enabled': 'false' } })
    expect(await same(id, ['/cats', '/cats'])).toEqual([false])
    expect(await same(id, ['/pets/1', '/pets/1'])).toEqual([true])
    const off = await cachedApi({ settings: { '/*/*/caching/ttlInSeconds': '0' } })
    expect(await same(off, ['/cats', '/cats'])).toEqual([false])
  })

  test('are not cached by a stage whose cluster is off', async () => {
    const id = await cachedApi({ settings: { '/cacheClusterEnabled': 'false' } })
    expect(await same(id, ['/cats', '/cats'])).toEqual([false])
  })
})

describe('Cache-Control: max-age=0', () => {
  const fresh = { headers: { 'cache-control': 'no-transform, max-age=0' } }
  const warning = '199 Cache-control headers were ignored because the caller was unauthorized.'

  test('replaces the answer where everybody may', async () => {
    const id = await cachedApi({ settings: { '/*/*/caching/requireAuthorizationForCacheControl': 'false' } })
    const { text } = await call(access, id, '/cats')
    const renewed = await call(access, id, '/cats', fresh)
    expect(renewed.text).not.toBe(text)
    expect((await call(access, id, '/cats')).text).toBe(renewed.text)
    expect(renewed.headers.get('warning')).toBeNull()
    for (const other of ['max-age=60', 'max-age=', 'no-cache', 's-maxage=0']) {
      expect((await call(access, id, '/cats', { headers: { 'cache-control': other } })).text).toBe(renewed.text)
    }
  })

  test.each([
    ['SUCCEED_WITH_RESPONSE_HEADER', 200, warning],
    ['SUCCEED_WITHOUT_RESPONSE_HEADER', 200, null],
    ['FAIL_WITH_403', 403, null],
  ])('without permission: %s', async (strategy, status, expected) => {
    const id = await cachedApi({ settings: { '/*/*/caching/unauthorizedCacheControlHeaderStrategy': strategy } })
    const { text } = await call(access, id, '/cats')
    const ignored = await call(access, id, '/cats', fresh)
    expect([ignored.status, ignored.headers.get('warning')]).toEqual([status, expected])
    if (status === 200) expect(ignored.text).toBe(text)
    else {
      const sentence = '{"Message":"User is not authorized to access this resource"}'
      expect(outcome(ignored)).toEqual([403, 'AccessDeniedException', sentence])
    }
    expect((await call(access, id, '/cats')).text).toBe(text)
  })

  test('needs the permission to invalidate of callers that sign', async () => {
    const id = await cachedApi({ authorizationType: 'AWS_IAM' })
    const caller = async (name: string, actions: readonly string[]): Promise<Credentials> => {
      await access.iam.send(new CreateUserCommand({ UserName: name }))
      const { AccessKey } = await access.iam.send(new CreateAccessKeyCommand({ UserName: name }))
      const PolicyDocument = policy({
        Effect: 'Allow',
        Action: actions,
        Resource: `arn:aws:execute-api:*:*:${id}/prod/GET/cats`,
      })
      await access.iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'p', PolicyDocument }))
      return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
    }
    const reader = await caller('reader', ['execute-api:Invoke'])
    const renewer = await caller('renewer', ['execute-api:Invoke', 'execute-api:InvalidateCache'])
    const { text } = await callSigned(access, id, reader, { path: '/cats' })
    const headers = { 'cache-control': 'max-age=0' }
    const ignored = await callSigned(access, id, reader, { path: '/cats', headers })
    expect([ignored.text, ignored.headers.get('warning')]).toEqual([text, warning])
    const renewed = await callSigned(access, id, renewer, { path: '/cats', headers })
    expect(renewed.text).not.toBe(text)
    expect((await callSigned(access, id, reader, { path: '/cats' })).text).toBe(renewed.text)
    expect((await call(access, id, '/cats')).status).toBe(403)
  })
})
