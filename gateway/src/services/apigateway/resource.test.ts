// Resources against the rules of recorded REST 3.
import { expect, test } from 'vitest'
import type { Call } from '../call.ts'
import { newResourceId } from './resource-tree.ts'
import { addMockMethod, badRequest, conflict, createApi, createControlPlane, notFound, refusal } from './testing.ts'
import type { ControlPlane } from './testing.ts'

async function tree() {
  const plane = createControlPlane()
  const api = await createApi(plane)
  const add = async (parentId: string, pathPart: string) =>
    (await plane.run('CreateResource', { restApiId: api.restApiId, parentId, pathPart })).id ?? ''
  return { ...plane, ...api, add }
}

const paths = async ({ run }: ControlPlane, restApiId: string) =>
  ((await run('GetResources', { restApiId })).items ?? []).map(({ path }) => path).sort()

test('knows the full path and shows methods as empty objects unless embedded', async () => {
  const plane = await tree()
  const { restApiId, rootId } = plane
  const id = await plane.add(rootId, 'pets')
  expect(await plane.run('GetResource', { restApiId, resourceId: id })).toEqual({
    id,
    parentId: rootId,
    pathPart: 'pets',
    path: '/pets',
  })
  await addMockMethod(plane, plane)
  expect((await plane.run('GetResource', { restApiId, resourceId: rootId })).resourceMethods).toEqual({ GET: {} })
  const embedded = await plane.run('GetResource', { restApiId, resourceId: rootId, embed: ['methods'] })
  expect(embedded.resourceMethods?.['GET']?.methodIntegration?.type).toBe('MOCK')
})

test('refuses unknown parents, taken names, a second variable and children of greedy ones', async () => {
  const { add, rootId } = await tree()
  expect(await refusal(add('nope', 'x'))).toEqual(notFound('Invalid Resource identifier specified'))
  const greedy = await add(rootId, '{proxy+}')
  expect(await refusal(add(rootId, '{dynamic}'))).toEqual(
    badRequest('A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed'),
  )
  expect(await refusal(add(greedy, 'child'))).toEqual(
    badRequest('Cannot create a child of a resource with a greedy path variable: {proxy+}'),
  )
  await add(rootId, 'static')
  expect(await refusal(add(rootId, 'static'))).toEqual(
    conflict('Another resource with the same parent already has this name: static'),
  )
  expect(await refusal(add(rootId, 'a/b'))).toMatchObject({ status: 400 })
})

test('refuses a variable that a resource above has as well, also where one is renamed or moved', async () => {
  const { run, restApiId, rootId, add } = await tree()
  const twice = (name: string) =>
    badRequest(`An ancestor of this resource has the same variable name as this one: ${name}`)
  const user = await add(rootId, '{userId}')
  expect(await refusal(add(user, '{userId}'))).toEqual(twice('{userId}'))
  const notes = await add(user, 'notes')
  expect(await refusal(add(notes, '{userId+}'))).toEqual(twice('{userId+}'))
  const note = await add(notes, '{noteId}')
  const patch = (resourceId: string, path: string, value: string) =>
    run('UpdateResource', { restApiId, resourceId, patchOperations: [{ op: 'replace', path, value }] })
  expect(await refusal(patch(note, '/pathPart', '{userId}'))).toEqual(twice('{userId}'))
  expect(await refusal(patch(user, '/pathPart', '{noteId}'))).toEqual(twice('{noteId}'))
  const other = await add(rootId, 'others')
  const same = await add(other, '{userId}')
  expect(await refusal(patch(same, '/parentId', notes))).toMatchObject({ status: 400 })
  expect(await refusal(patch(other, '/parentId', user))).toEqual(twice('{userId}'))
})

test('renaming and moving change the paths of the subtree', async () => {
  const plane = await tree()
  const { restApiId, rootId, add } = plane
  const a = await add(rootId, 'a')
  const b = await add(a, 'b')
  await add(b, 'c')
  const patch = (resourceId: string, path: string, value: string) =>
    plane.run('UpdateResource', { restApiId, resourceId, patchOperations: [{ op: 'replace', path, value }] })
  expect((await patch(a, '/pathPart', 'z')).path).toBe('/z')
  expect(await paths(plane, restApiId)).toEqual(['/', '/z', '/z/b', '/z/b/c'])
  expect(await refusal(patch(a, '/parentId', b))).toEqual(badRequest('Resources cannot be cyclical.'))
  expect((await patch(b, '/parentId', rootId)).path).toBe('/b')
  await plane.run('DeleteResource', { restApiId, resourceId: a })
  expect(await paths(plane, restApiId)).toEqual(['/', '/b', '/b/c'])
})

test.each([
  [
    'replace',
    '/invalid',
    "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
  ],
  [
    'remove',
    '/pathPart',
    "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
  ],
] as const)('refuses to %s %s', async (op, path, message) => {
  const { run, restApiId, rootId, add } = await tree()
  const resourceId = await add(rootId, 'a')
  const work = run('UpdateResource', { restApiId, resourceId, patchOperations: [{ op, path, value: 'x' }] })
  expect(await refusal(work)).toEqual(badRequest(message))
})

test('deletes the methods of the subtree along, and never the root', async () => {
  const plane = await tree()
  const { restApiId, rootId, add, run } = plane
  const a = await add(rootId, 'a')
  const b = await add(a, 'b')
  await addMockMethod(plane, { restApiId, rootId: b })
  await run('DeleteResource', { restApiId, resourceId: a })
  expect(await refusal(run('GetMethod', { restApiId, resourceId: b, httpMethod: 'GET' }))).toEqual(
    notFound('Invalid Resource identifier specified'),
  )
  expect(await refusal(run('DeleteResource', { restApiId, resourceId: rootId }))).toMatchObject({ status: 400 })
})

test('an id that is drawn a second time is drawn again', () => {
  const drawn = ['aaaaaa', 'bbbbbb', 'cccccc']
  const call = { ids: { short: () => drawn.shift() ?? '' } } as unknown as Call
  expect(newResourceId(call, (id) => id !== 'cccccc')).toBe('cccccc')
})
