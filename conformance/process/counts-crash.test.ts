// Quotas through `kill -9` and orderly stops: of L allowed requests L pass, but for what the last second before a kill counted.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetUsageCommand,
} from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

type Serving = RunningSluice & ReturnType<typeof clientsOf>

async function start(folder: string): Promise<Serving> {
  const sluice = await startSluice(['serve', '--data', folder])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  const root = JSON.parse(await readFile(join(folder, 'root-credentials.json'), 'utf8')) as Credentials
  return { ...sluice, ...clientsOf(sluice.url, root) }
}

interface Keyed {
  readonly apiId: string
  readonly planId: string
  readonly keys: readonly { readonly id: string; readonly value: string }[]
}

const limit = 30

/** A method that needs a key, and keys in a plan that lets each of them pass so often a month. */
async function keyedApi({ rest }: Serving): Promise<Keyed> {
  const apiId = await createRestApi(rest, 'counted')
  await putMethod(rest, apiId, '/', {
    method: { apiKeyRequired: true },
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200' }],
  })
  await deploy(rest, apiId, 'prod')
  const quota = { limit, period: 'MONTH' } as const
  const apiStages = [{ apiId, stage: 'prod' }]
  const { id: planId = '' } = await rest.send(new CreateUsagePlanCommand({ name: 'counted', apiStages, quota }))
  const keys = []
  for (let index = 0; index < 3; index++) {
    const { id = '', value = '' } = await rest.send(new CreateApiKeyCommand({ enabled: true }))
    await rest.send(new CreateUsagePlanKeyCommand({ usagePlanId: planId, keyId: id, keyType: 'API_KEY' }))
    keys.push({ id, value })
  }
  return { apiId, planId, keys }
}

/** Sends so many requests with each key; resolves with how many of each passed. */
function passing({ url }: Serving, { apiId, keys }: Keyed, requests: number): Promise<readonly number[]> {
  return Promise.all(
    keys.map(async ({ value }) => {
      const answers = await Promise.all(
        Array.from({ length: requests }, () => callApi(url, apiId, '/prod', { headers: { 'x-api-key': value } })),
      )
      return answers.filter(({ status }) => status === 200).length
    }),
  )
}

/** What each key used this month. */
async function used({ rest }: Serving, { planId, keys }: Keyed): Promise<readonly number[]> {
  const today = new Date().toISOString().slice(0, 10)
  const [startDate, endDate] = [`${today.slice(0, 8)}01`, today]
  const { items = {} } = await rest.send(new GetUsageCommand({ usagePlanId: planId, startDate, endDate }))
  return keys.map(({ id }) => (items[id] ?? []).reduce((sum, [requests = 0]) => sum + requests, 0))
}

test('counts outlive kill -9 after a second, and a stop at once', async () => {
  const folder = await temporaryFolder()
  let gateway = await start(folder)
  const keyed = await keyedApi(gateway)
  const killed = async (): Promise<void> => {
    gateway.process.kill('SIGKILL')
    await gateway.ended
    gateway = await start(folder)
  }
  expect(await passing(gateway, keyed, 5)).toEqual([5, 5, 5])
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await killed()
  expect(await used(gateway, keyed)).toEqual([5, 5, 5])
  expect(await passing(gateway, keyed, 7)).toEqual([7, 7, 7])
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
  gateway = await start(folder)
  expect(await passing(gateway, keyed, 3)).toEqual([3, 3, 3])
  await new Promise((resolve) => setTimeout(resolve, 1500))
  // What the last second counts may be lost: no key is let pass less often than it may.
  const last = await passing(gateway, keyed, 2)
  await killed()
  const before = await used(gateway, keyed)
  for (const count of before) expect([15, 17]).toContain(count)
  expect(last).toEqual([2, 2, 2])
  expect(await passing(gateway, keyed, limit)).toEqual(before.map((count) => limit - count))
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
}, 60_000)
