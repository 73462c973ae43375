// `kill -9` in the middle of writes: whatever was acknowledged is there after the restart, and every stage serves what it served.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  GetResourcesCommand,
  GetRestApisCommand,
  UpdateStageCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { createNodeFunction } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod, resourceAt } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

const rounds = 3

async function start(folder: string): Promise<RunningSluice & ReturnType<typeof clientsOf>> {
  const sluice = await startSluice(['serve', '--data', folder, '--lambda-permissions', 'off'])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  const root = JSON.parse(await readFile(join(folder, 'root-credentials.json'), 'utf8')) as Credentials
  return { ...sluice, ...clientsOf(sluice.url, root) }
}

test('every acknowledged write and every stage survives kill -9', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  const restId = await createRestApi(first.rest, 'kept')
  await putMethod(first.rest, restId, '/', {
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [
      { statusCode: '200', responseTemplates: { 'application/json': 'version $stageVariables.version' } },
    ],
  })
  await deploy(first.rest, restId, 'prod', { version: '0' })
  const arn = await createNodeFunction(first.lambda, 'kept', `exports.handler = async () => 'from the function'`)
  const httpId = await createHttpApi(first.http, 'kept')
  await addRoute(first.http, httpId, '$default', invoke(arn, '2.0'))

  const acknowledged: Acknowledged = { paths: [], version: 0 }
  let running = first
  for (let round = 0; round < rounds; round++) {
    const writing = writeUntilItFails(running.rest, restId, acknowledged)
    await new Promise((resolve) => setTimeout(resolve, 120 + 90 * round))
    running.process.kill('SIGKILL')
    await Promise.all([writing, running.ended])
    running = await start(folder)
    const { items = [] } = await running.rest.send(new GetResourcesCommand({ restApiId: restId, limit: 500 }))
    expect(items.map(({ path }) => path)).toEqual(expect.arrayContaining(acknowledged.paths))
    // One write more may have reached the disk without its answer reaching us.
    const { text } = await callApi(running.url, restId, '/prod')
    expect([`version ${acknowledged.version}`, `version ${acknowledged.version + 1}`]).toContain(text)
    expect((await callApi(running.url, httpId, '/')).text).toBe('from the function')
    acknowledged.version = Number(text.slice('version '.length))
  }
  expect(acknowledged.paths.length).toBeGreaterThan(rounds)
  expect(await running.stop()).toEqual({ code: 0, signal: null })
}, 60_000)

test('dev keeps its state in the folder it is given, and none without one', async () => {
  const folder = await temporaryFolder()
  const names = async (args: readonly string[], create: boolean): Promise<unknown[]> => {
    const sluice = await startSluice(['dev', ...args])
    onTestFinished(() => void sluice.process.kill('SIGKILL'))
    const { rest } = clientsOf(sluice.url)
    if (create) await createRestApi(rest, 'kept')
    const { items = [] } = await rest.send(new GetRestApisCommand())
    await sluice.stop()
    return items.map(({ name }) => name)
  }
  expect(await names(['--data', folder], true)).toEqual(['kept'])
  expect(await names(['--data', folder], false)).toEqual(['kept'])
  expect(await names([], false)).toEqual([])
})

interface Acknowledged {
  paths: string[]
  version: number
}

/** Makes resources and moves the stage's variable, one call after another, and notes each that was answered. */
async function writeUntilItFails(rest: APIGatewayClient, restApiId: string, acknowledged: Acknowledged): Promise<void> {
  try {
    while (acknowledged.paths.length < 400) {
      const path = `/resource-${acknowledged.paths.length}-${process.hrtime.bigint()}`
      await resourceAt(rest, restApiId, path)
      acknowledged.paths.push(path)
      const value = String(acknowledged.version + 1)
      const patchOperations = [{ op: 'replace' as const, path: '/variables/version', value }]
      await rest.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }))
      acknowledged.version++
    }
  } catch {
    // The process is gone: what was answered until now is what has to be there.
  }
}
