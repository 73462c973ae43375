// Fifty clients at once on the REST control plane: nothing is lost, nothing fails, no two things have one id; and `kill -9` among
// them leaves whatever was acknowledged, whole, and nothing half-written.
import {
  CreateApiKeyCommand,
  DeleteRestApiCommand,
  GetApiKeysCommand,
  GetDeploymentsCommand,
  GetExportCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStagesCommand,
  UpdateRestApiCommand,
  UpdateStageCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { createRestApi, deploy, putMethod, resourceAt } from '../fixture/rest-api.ts'
import { startServing } from '../fixture/serving.ts'
import type { RunningSluice } from '../fixture/sluice.ts'

const clients = 50

type Serving = RunningSluice & { readonly rest: APIGatewayClient }

async function start(folder: string): Promise<Serving> {
  const { sluice, root } = await startServing(folder, ['--log-level', 'error'])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  return { ...sluice, rest: clientsOf(sluice.url, root).rest }
}

const crowd = <T>(work: (client: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: clients }, (_, client) => work(client)))

const plan = (text: string): Parameters<typeof putMethod>[3] => ({
  integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
  responses: [{ statusCode: '200' }],
  integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': text } }],
})

test('fifty clients lose no update, get no failure and share no id', { timeout: 60_000 }, async () => {
  const gateway = await start(await temporaryFolder())
  const { rest } = gateway
  const shared = await createRestApi(rest, 'shared')
  await putMethod(rest, shared, '/', plan('shared'))
  await deploy(rest, shared, 'prod')
  const made = await crowd(async (client) => {
    const id = await createRestApi(rest, `api ${client}`)
    await putMethod(rest, id, '/a', plan(String(client)))
    const deployment = await deploy(rest, id, 'prod')
    const key = await rest.send(new CreateApiKeyCommand({ name: `key ${client}` }))
    // All of them write to one API, one stage and one tree.
    await resourceAt(rest, shared, `/r${client}`)
    const mediaType = { op: 'add' as const, path: `/binaryMediaTypes/x~1${client}` }
    await rest.send(new UpdateRestApiCommand({ restApiId: shared, patchOperations: [mediaType] }))
    const variable = { op: 'replace' as const, path: `/variables/v${client}`, value: String(client) }
    await rest.send(new UpdateStageCommand({ restApiId: shared, stageName: 'prod', patchOperations: [variable] }))
    const answer = await callApi(gateway.url, id, '/prod/a')
    if (client % 2 === 1) await rest.send(new DeleteRestApiCommand({ restApiId: id }))
    return { ids: [id, key.id ?? '', deployment], api: id, text: answer.text }
  })
  expect(made.map(({ text }) => text)).toEqual(made.map((_, client) => String(client)))
  expect(new Set(made.flatMap(({ ids }) => ids)).size).toBe(3 * clients)
  const { items: resources = [] } = await rest.send(new GetResourcesCommand({ restApiId: shared, limit: 500 }))
  expect(resources).toHaveLength(clients + 1)
  const { binaryMediaTypes } = await rest.send(new GetRestApiCommand({ restApiId: shared }))
  expect(binaryMediaTypes).toHaveLength(clients)
  const [stage] = (await rest.send(new GetStagesCommand({ restApiId: shared }))).item ?? []
  expect(Object.keys(stage?.variables ?? {})).toHaveLength(clients)
  const { items: apis = [] } = await rest.send(new GetRestApisCommand({ limit: 500 }))
  const left = made.filter((_, client) => client % 2 === 0).map(({ api }) => api)
  expect(apis.map(({ id }) => id).sort()).toEqual([shared, ...left].sort())
  expect((await rest.send(new GetApiKeysCommand({ limit: 500 }))).items).toHaveLength(clients)
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
  expect(gateway.stderr()).toBe('')
})

/** What a client was told is so. */
interface Told {
  /** `undefined` once its deletion was asked for: then it may be there or not. */
  state: 'made' | 'deployed' | 'deleted' | undefined
  readonly client: number
}

test(
  'kill -9 among fifty clients leaves what was acknowledged, and nothing by halves',
  { timeout: 60_000 },
  async () => {
    const folder = await temporaryFolder()
    let gateway = await start(folder)
    const told = new Map<string, Told>()
    for (const delayMs of [250, 600, 1_000]) {
      const victim = gateway
      const working = crowd(async (client) => {
        try {
          for (;;) await liveAndDie(victim.rest, told, client)
        } catch {
          // The process is gone: what was answered until now is what has to be there.
        }
      })
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      victim.process.kill('SIGKILL')
      await Promise.all([working, victim.ended])
      gateway = await start(folder)
      await checkWhole(gateway, told)
    }
    const states = new Set([...told.values()].map(({ state }) => state))
    expect([...states].sort()).toEqual(expect.arrayContaining(['deleted', 'deployed']))
    expect(await gateway.stop()).toEqual({ code: 0, signal: null })
    expect(gateway.stderr()).toBe('')
  },
)

/** An API is made and deployed; every other one is deleted again. */
async function liveAndDie(rest: APIGatewayClient, told: Map<string, Told>, client: number): Promise<void> {
  const id = await createRestApi(rest, String(client))
  const here: Told = { state: 'made', client }
  told.set(id, here)
  await putMethod(rest, id, '/', plan(String(client)))
  await deploy(rest, id, 'prod')
  here.state = 'deployed'
  if (client % 2 === 0) return
  here.state = undefined
  await rest.send(new DeleteRestApiCommand({ restApiId: id }))
  here.state = 'deleted'
}

async function checkWhole({ rest, url }: Serving, told: ReadonlyMap<string, Told>): Promise<void> {
  const present = new Set<string>()
  let position: string | undefined
  do {
    const page = await rest.send(new GetRestApisCommand({ limit: 500, position }))
    for (const { id = '' } of page.items ?? []) present.add(id)
    position = page.position
  } while (position !== undefined)
  for (const [id, { state, client }] of told) {
    if (state === 'deleted') expect(present.has(id), `${id} was deleted`).toBe(false)
    if (state === 'made' || state === 'deployed') expect(present.has(id), `${id} was ${state}`).toBe(true)
    if (!present.has(id)) await expectGone(rest, id)
    if (state === 'deployed') expect((await callApi(url, id, '/prod')).text).toBe(String(client))
  }
  for (const restApiId of present) {
    const { item: stages = [] } = await rest.send(new GetStagesCommand({ restApiId }))
    const { items: deployments = [] } = await rest.send(new GetDeploymentsCommand({ restApiId }))
    // A stage and its deployment were written together, with the snapshot that both stand on.
    expect(stages.map(({ deploymentId }) => deploymentId)).toEqual(deployments.map(({ id }) => id))
    for (const { stageName } of stages) {
      await rest.send(new GetExportCommand({ restApiId, stageName, exportType: 'oas30' }))
    }
  }
}

async function expectGone(rest: APIGatewayClient, restApiId: string): Promise<void> {
  const asked = rest.send(new GetResourcesCommand({ restApiId }))
  await expect(asked).rejects.toThrow(/^Invalid API identifier specified/)
}
