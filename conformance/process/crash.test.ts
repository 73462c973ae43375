// `kill -9` in the middle of writes: whatever was acknowledged is there after the restart, and every stage serves what it served.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  GetResourcesCommand,
  GetRestApisCommand,
  PutIntegrationResponseCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { UpdateIntegrationCommand } from '@aws-sdk/client-apigatewayv2'
import { UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { createNodeFunction } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke, proxyTo } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod, resourceAt } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { startUpstream, type Seen } from '../fixture/upstream.ts'
import { zipOf } from '../fixture/zip.ts'

const rounds = 4

type Serving = RunningSluice & ReturnType<typeof clientsOf>

async function start(folder: string): Promise<Serving> {
  const sluice = await startSluice(['serve', '--data', folder, '--lambda-permissions', 'off'])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  const root = JSON.parse(await readFile(join(folder, 'root-credentials.json'), 'utf8')) as Credentials
  return { ...sluice, ...clientsOf(sluice.url, root) }
}

/** Something that is written again and again, with a number that grows by one, and can be looked at from outside. */
interface Subject {
  readonly name: string
  /** Resolves when the write is acknowledged. */
  readonly write: (gateway: Serving, version: number) => Promise<unknown>
  /** The version that is there. */
  readonly read: (gateway: Serving) => Promise<number>
}

test('every acknowledged write and every stage survives kill -9', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const folder = await temporaryFolder()
  let gateway = await start(folder)
  const subjects = [
    await resources(gateway),
    await stageVariable(gateway),
    await redeployed(gateway),
    await autoDeployed(gateway, upstream.url),
    await functionCode(gateway),
  ]
  const acknowledged = subjects.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    const victim = gateway
    const writing = subjects.map(async ({ write }, index) => {
      try {
        for (;;) {
          await write(victim, (acknowledged[index] ?? 0) + 1)
          acknowledged[index] = (acknowledged[index] ?? 0) + 1
        }
      } catch {
        // The process is gone: what was answered until now is what has to be there.
      }
    })
    await new Promise((resolve) => setTimeout(resolve, 150 + 70 * round))
    victim.process.kill('SIGKILL')
    await Promise.all([...writing, victim.ended])
    gateway = await start(folder)
    for (const [index, { name, read }] of subjects.entries()) {
      const version = await read(gateway)
      const last = acknowledged[index] ?? 0
      // One write more may have reached the disk without its answer reaching us.
      expect([last, last + 1], `${name} in round ${round}`).toContain(version)
      acknowledged[index] = version
    }
  }
  expect(Math.min(...acknowledged)).toBeGreaterThan(0)
  expect(await gateway.stop()).toEqual({ code: 0, signal: null })
}, 60_000)

const mockIntegration = { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } } as const

async function createMock({ rest }: Serving, name: string, text: string) {
  const id = await createRestApi(rest, name)
  const address = await putMethod(rest, id, '/', {
    integration: mockIntegration,
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': text } }],
  })
  await deploy(rest, id, 'prod', { version: '0' })
  return { id, address }
}

async function resources({ rest }: Serving): Promise<Subject> {
  const restApiId = await createRestApi(rest, 'resources')
  return {
    name: 'resources',
    write: (gateway, version) => resourceAt(gateway.rest, restApiId, `/v${version}`),
    read: async (gateway) => {
      const { items = [] } = await gateway.rest.send(new GetResourcesCommand({ restApiId, limit: 500 }))
      const versions = items.map(({ path = '' }) => Number(path.slice(2))).sort((a, b) => a - b)
      expect(versions).toEqual(versions.map((_, index) => index))
      return versions.length - 1
    },
  }
}

async function stageVariable(first: Serving): Promise<Subject> {
  const { id } = await createMock(first, 'variable', '$stageVariables.version')
  return {
    name: 'stage variable',
    write: ({ rest }, version) => {
      const patchOperations = [{ op: 'replace' as const, path: '/variables/version', value: String(version) }]
      return rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
    },
    read: async ({ url }) => Number((await callApi(url, id, '/prod')).text),
  }
}

async function redeployed(first: Serving): Promise<Subject> {
  const { id, address } = await createMock(first, 'redeployed', '0')
  return {
    name: 'deployment',
    write: async ({ rest }, version) => {
      const responseTemplates = { 'application/json': String(version) }
      await rest.send(new PutIntegrationResponseCommand({ ...address, statusCode: '200', responseTemplates }))
      return deploy(rest, id, 'prod')
    },
    read: async ({ url }) => Number((await callApi(url, id, '/prod')).text),
  }
}

async function autoDeployed({ http }: Serving, upstreamUrl: string): Promise<Subject> {
  const id = await createHttpApi(http, 'automatic')
  const { IntegrationId } = await addRoute(http, id, 'GET /', proxyTo(`${upstreamUrl}/0`))
  return {
    name: 'automatic deployment',
    write: (gateway, version) => {
      const IntegrationUri = `${upstreamUrl}/${version}`
      return gateway.http.send(new UpdateIntegrationCommand({ ApiId: id, IntegrationId, IntegrationUri }))
    },
    read: async ({ url }) => Number((JSON.parse((await callApi(url, id, '/')).text) as Seen).url.slice(1)),
  }
}

async function functionCode({ http, lambda }: Serving): Promise<Subject> {
  const source = (version: number): string => `exports.handler = async () => '${version}'`
  const arn = await createNodeFunction(lambda, 'versioned', source(0))
  const id = await createHttpApi(http, 'function')
  await addRoute(http, id, '$default', invoke(arn, '2.0'))
  return {
    name: 'function code',
    write: (gateway, version) => {
      const ZipFile = zipOf({ 'index.js': source(version) })
      return gateway.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'versioned', ZipFile }))
    },
    read: async ({ url }) => Number((await callApi(url, id, '/')).text),
  }
}

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
