// Why requests got their answers: stories, nearest routes, definitions that are not deployed.
import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explanationText } from '../../gateway/src/commands/explain.ts'
import { storyLine } from '../../gateway/src/commands/tail.ts'
import type { Story } from '../../gateway/src/ports/stories.ts'
import type { Explanation } from '../../gateway/src/server/explain.ts'
import { startBackend, type Backend } from '../http-plans/backend.ts'
import { createHttpPets, createPets, openPlace, type Place } from './place.ts'

let place: Place
let backend: Backend

beforeAll(async () => {
  place = openPlace({ explain: 50 })
  backend = await startBackend()
})

afterAll(async () => {
  await place.gateway.close()
  await backend.close()
})

const explain = async (id: string | null): Promise<Explanation> =>
  JSON.parse(await place.page(`/_sluice/requests/${encodeURIComponent(id ?? '')}`)) as Explanation
const after = async (answered: number): Promise<readonly Story[]> =>
  JSON.parse(await place.page(`/_sluice/requests?after=${answered}`)) as readonly Story[]

test('a story tells each step, what it decided, and how the request ended', async () => {
  const id = await createPets(place, { name: 'told', uri: backend.url })
  const answer = await place.get(id, '/prod/pets/7?secret=x')
  const { story, notes, nearestRoutes } = await explain(answer.headers.get('x-amzn-requestid'))
  expect(story).toMatchObject({
    protocol: 'REST',
    apiId: id,
    apiName: 'told',
    stage: 'prod',
    method: 'GET',
    path: '/prod/pets/7',
  })
  expect(story.steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['route', 'read', 'integrate']))
  for (const { tookMs } of story.steps) expect(tookMs).toBeGreaterThanOrEqual(0)
  expect(story.decisions[0]).toMatchObject({
    step: 'route',
    verdict: 'matched',
    reason: { verb: 'GET', path: '/pets/7' },
  })
  expect(story.outcome).toEqual({
    status: 200,
    route: 'GET /pets/{petId}',
    latencyMs: 0,
    integrationMs: 0,
    responseBytes: 2,
  })
  expect([notes, nearestRoutes]).toEqual([[], []])
  expect(JSON.stringify(story)).not.toContain('secret')
})

test('an unknown route names the nearest ones, and the deployment that lacks one that is defined', async () => {
  const id = await createPets(place, { name: 'stale' })
  const unknown = await explain((await place.get(id, '/prod/pet/7')).headers.get('x-amzn-requestid'))
  expect(unknown.story.outcome?.fault?.type).toBe('MISSING_AUTHENTICATION_TOKEN')
  expect(unknown.nearestRoutes).toEqual(['GET /pets/{petId}'])
  expect(unknown.notes).toEqual([])

  const { items = [] } = await place.rest.send(new GetResourcesCommand({ restApiId: id }))
  const parentId = items.find(({ path }) => path === '/')?.id
  const cats = await place.rest.send(new CreateResourceCommand({ restApiId: id, parentId, pathPart: 'cats' }))
  const method = { restApiId: id, resourceId: cats.id, httpMethod: 'GET' }
  await place.rest.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  await place.rest.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }))
  const stale = await explain((await place.get(id, '/prod/cats')).headers.get('x-amzn-requestid'))
  const { deploymentId } = stale.story
  expect(stale.notes).toEqual([
    `The API's definition is not what stage prod serves (deployment ${deploymentId}): deploy it to make the changes act.`,
    `GET /cats would be served by GET /cats, which deployment ${deploymentId} does not have.`,
  ])

  place.gateway.clock.advance(1_000)
  const { id: newer } = await place.rest.send(new CreateDeploymentCommand({ restApiId: id }))
  const behind = await explain((await place.get(id, '/prod/cats')).headers.get('x-amzn-requestid'))
  expect(behind.notes).toContain(`Stage prod serves deployment ${deploymentId}; newer ones are there: ${newer}.`)
})

test('a failure is told with its reason and what lies behind it', async () => {
  const gone = await startBackend()
  const id = await createHttpPets(place, 'gone', gone.url)
  await gone.close()
  const { story, notes } = await explain((await place.get(id, '/x')).headers.get('apigw-requestid'))
  expect(story.outcome).toMatchObject({ status: 503, fault: { message: 'Service Unavailable' } })
  expect(notes).toEqual([])
  const text = explanationText({ story, notes, nearestRoutes: [] })
  expect(text).toContain('answered 503 after 0 ms by $default')
  expect(text).toContain('Service Unavailable')
})

test('the newest requests are kept, and come in the order of their answers', async () => {
  const id = await createPets(place, { name: 'many' })
  const answers: Response[] = []
  for (let request = 0; request < 60; request++) answers.push(await place.get(id, `/prod/pets/${request}`))
  const stories = await after(0)
  expect(stories).toHaveLength(50)
  expect(stories.map(({ path }) => path)).toEqual(Array.from({ length: 50 }, (_, index) => `/prod/pets/${index + 10}`))
  expect(await after(stories.at(-2)?.answeredAs ?? 0)).toHaveLength(1)
  expect(await place.page(`/_sluice/requests/${answers[0]?.headers.get('x-amzn-requestid')}`)).toContain(
    'There is nothing at',
  )
  const [line] = stories.slice(-1).map(storyLine)
  expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} .*200.* 0 ms {2}GET \/prod\/pets\/59 {2}many/)
})

test('only this machine is told of requests', async () => {
  const far = openPlace({ explain: 1, trustedProxies: ['127.0.0.1'] })
  const answer = await far.gateway.invoke('http://localhost/_sluice/requests', {
    headers: { 'X-Forwarded-For': '192.0.2.1' },
  })
  expect(answer.status).toBe(403)
  expect((await far.gateway.invoke('http://localhost/_sluice/requests')).status).toBe(200)
  await far.gateway.close()
})

test('nothing is kept where nobody asked for it', async () => {
  const off = openPlace()
  expect((await off.gateway.invoke('http://localhost/_sluice/requests')).status).toBe(404)
  await off.gateway.close()
})
