// REST APIs against the recorded shapes and refusals of recorded REST 2.
import { describe, expect, test } from 'vitest'
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

describe('CreateRestApi', () => {
  test('answers with a name only as AWS does', async () => {
    const { run } = createControlPlane()
    const api = await run('CreateRestApi', { name: 'pets' })
    expect(api).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      name: 'pets',
      createdDate: nowMs / 1000,
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4' },
      disableExecuteApiEndpoint: false,
      rootResourceId: expect.stringMatching(/^[a-z0-9]{10}$/),
    })
  })

  test('starts with the root resource and the models Empty and Error', async () => {
    const plane = createControlPlane()
    const { restApiId, rootId } = await createApi(plane)
    expect(await plane.run('GetResources', { restApiId })).toEqual({ items: [{ id: rootId, path: '/' }] })
    const { items = [] } = await plane.run('GetModels', { restApiId })
    expect(items.map(({ name, description, contentType }) => [name, description, contentType])).toEqual([
      ['Empty', 'This is a default empty schema model', 'application/json'],
      ['Error', 'This is a default error schema model', 'application/json'],
    ])
    expect(items[0]?.schema).toBe(
      '{\n  "$schema" : "http://json-schema.org/draft-04/schema#",\n  "title" : "Empty Schema",\n  "type" : "object"\n}',
    )
  })

  test.each([
    [{ description: '', minimumCompressionSize: -1 }, 'Description cannot be an empty string'],
    [{ minimumCompressionSize: -1 }, 'Invalid minimum compression size, must be between 0 and 10485760'],
    [
      { endpointConfiguration: { types: [] } },
      'REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.',
    ],
    [
      { endpointConfiguration: { types: ['EDGE', 'REGIONAL'] as const } },
      'Cannot create an api with multiple Endpoint Types.',
    ],
  ])('refuses %j', async (input, message) => {
    const { run } = createControlPlane()
    expect(await refusal(run('CreateRestApi', { name: 'x', ...input }))).toEqual(badRequest(message))
  })

  test('gives private APIs dualstack addresses', async () => {
    const { run } = createControlPlane()
    const api = await run('CreateRestApi', { name: 'x', endpointConfiguration: { types: ['PRIVATE'] } })
    expect(api.endpointConfiguration).toEqual({ types: ['PRIVATE'], ipAddressType: 'dualstack' })
  })

  test('takes its id from the tag _custom_id_, once', async () => {
    const { run } = createControlPlane()
    const tags = { _custom_id_: 'pets' }
    expect(await run('CreateRestApi', { name: 'x', tags })).toMatchObject({ id: 'pets', tags })
    expect(await refusal(run('CreateRestApi', { name: 'y', tags }))).toEqual(
      conflict('An API with the id pets already exists'),
    )
  })

  test('clones the parts of another API under ids of their own', async () => {
    const plane = createControlPlane()
    const source = await createApi(plane)
    await addMockMethod(plane, source)
    const child = await plane.run('CreateResource', { ...source, parentId: source.rootId, pathPart: 'pets' })
    const copy = await plane.run('CreateRestApi', { name: 'copy', cloneFrom: source.restApiId })
    const { items = [] } = await plane.run('GetResources', { restApiId: copy.id ?? '', embed: ['methods'] })
    const root = items.find(({ path }) => path === '/')
    const pets = items.find(({ path }) => path === '/pets')
    expect(root?.id).toBe(copy.rootResourceId)
    expect(root?.resourceMethods?.['GET']?.methodIntegration?.cacheNamespace).toBe(root?.id)
    expect(pets?.parentId).toBe(root?.id)
    expect(pets?.id).not.toBe(child.id)
  })
})

test('an empty description in a patch takes the description away', async () => {
  const { run } = createControlPlane()
  const { id: restApiId = '' } = await run('CreateRestApi', { name: 'x', description: 'pets' })
  const patchOperations = [{ op: 'replace' as const, path: '/description', value: '' }]
  expect(await run('UpdateRestApi', { restApiId, patchOperations })).not.toHaveProperty('description')
})

describe('the resource policy', () => {
  test('is expanded, its one resource made a scalar, and escaped once more', async () => {
    const { run } = createControlPlane()
    const statement = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: ['execute-api:/*'] }
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    const { id = '', policy: shown = '' } = await run('CreateRestApi', { name: 'x', policy })
    expect(shown.startsWith('{\\"Version\\":')).toBe(true)
    const document = JSON.parse(JSON.parse(`"${shown}"`)) as { Statement: unknown[] }
    expect(document.Statement).toEqual([
      { ...statement, Resource: `arn:aws:execute-api:${scope.region}:${scope.account}:${id}/*` },
    ])
  })

  test('is refused when it is no policy document', async () => {
    const { run } = createControlPlane()
    expect(await refusal(run('CreateRestApi', { name: 'x', policy: '{"Version":1}' }))).toEqual(
      badRequest('Invalid policy document. Please check the policy syntax and ensure that Principals are valid.'),
    )
  })
})

describe('UpdateRestApi', () => {
  test('appends, replaces at the end, and removes binary media types', async () => {
    const plane = createControlPlane()
    const { restApiId } = await createApi(plane)
    const patch = (op: 'add' | 'replace' | 'remove', path: string, value?: string) =>
      plane.run('UpdateRestApi', { restApiId, patchOperations: [{ op, path, value }] })
    await patch('add', '/binaryMediaTypes/image~1png')
    await patch('add', '/binaryMediaTypes/image~1jpeg')
    expect((await patch('replace', '/binaryMediaTypes/image~1png', 'image/gif')).binaryMediaTypes).toEqual([
      'image/jpeg',
      'image/gif',
    ])
    expect((await patch('remove', '/binaryMediaTypes/image~1gif')).binaryMediaTypes).toEqual(['image/jpeg'])
  })

  test('applies operations in order and turns private APIs to dualstack', async () => {
    const plane = createControlPlane()
    const { restApiId } = await createApi(plane)
    const path = '/endpointConfiguration/types/0'
    const api = await plane.run('UpdateRestApi', {
      restApiId,
      patchOperations: [
        { op: 'replace', path, value: 'REGIONAL' },
        { op: 'replace', path: '/endpointConfiguration/types/EDGE', value: 'PRIVATE' },
      ],
    })
    expect(api.endpointConfiguration).toEqual({ types: ['PRIVATE'], ipAddressType: 'dualstack' })
    expect(api.tags).toEqual({})
  })

  test.each([
    [
      'replace',
      '/endpointConfiguration/types/0',
      'wrong',
      'Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE',
    ],
    [
      'remove',
      '/endpointConfiguration/types/0',
      undefined,
      "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
    ],
    ['replace', '/endpointConfiguration/ipAddressType', 'wrong', 'ipAddressType must be either ipv4 or dualstack.'],
    [
      'remove',
      '/endpointConfiguration/ipAddressType',
      undefined,
      'Invalid patch operation specified. Must be one of: [replace]',
    ],
    ['replace', '/binaryMediaTypes', 'x', 'Invalid patch path /binaryMediaTypes'],
    ['replace', '/nothing', 'x', 'Invalid patch path /nothing'],
    ['remove', '/policy', undefined, 'Invalid patch operation specified. Must be one of: [replace]'],
    ['remove', '/minimumCompressionSize', undefined, 'Invalid patch operation specified. Must be one of: [replace]'],
  ] as const)('refuses %s %s', async (op, path, value, message) => {
    const plane = createControlPlane()
    const { restApiId } = await createApi(plane)
    const work = plane.run('UpdateRestApi', { restApiId, patchOperations: [{ op, path, value }] })
    expect(await refusal(work)).toEqual(badRequest(message))
  })
})

describe('DeleteRestApi', () => {
  test('names the account and the id of an unknown API', async () => {
    const { run } = createControlPlane()
    expect(await refusal(run('DeleteRestApi', { restApiId: 'nope' }))).toEqual(
      notFound('Invalid API identifier specified 000000000000:nope'),
    )
  })

  test('takes everything of the API along', async () => {
    const plane = createControlPlane()
    const api = await createApi(plane)
    await addMockMethod(plane, api)
    await plane.run('CreateDeployment', { restApiId: api.restApiId, stageName: 'dev' })
    await plane.run('DeleteRestApi', { restApiId: api.restApiId })
    const reader = plane.store.read(scope)
    for (const kind of ['RestApi', 'Resource', 'Method', 'Model', 'Deployment', 'Stage', 'Snapshot'] as const) {
      expect(await reader.list(kind, [])).toEqual([])
    }
    expect(await reader.claimed('api', api.restApiId)).toBe(undefined)
  })
})

test('lists APIs by pages', async () => {
  const plane = createControlPlane()
  const made = [await createApi(plane), await createApi(plane), await createApi(plane)]
  const first = await plane.run('GetRestApis', { limit: 2 })
  const second = await plane.run('GetRestApis', { limit: 2, position: first.position })
  expect(second.position).toBe(undefined)
  const ids = [...(first.items ?? []), ...(second.items ?? [])].map(({ id }) => id)
  expect(ids).toEqual(made.map(({ restApiId }) => restApiId).toSorted())
  expect(await refusal(plane.run('GetRestApis', { position: 'x' }))).toEqual(badRequest('Invalid position specified'))
})
