// Large APIs: all of an import is there or nothing of it, and other requests are answered while it and its deployment are made.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  ImportRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import { createGateway } from 'sluice'
import { expect, onTestFinished, test } from 'vitest'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'

const mock = {
  type: 'mock',
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  responses: { default: { statusCode: '200' } },
}

/** A document of so many operations; `last` stands in place of the last one's integration. */
function documentOf(operations: number, last: object = mock): Uint8Array {
  const paths = Object.fromEntries(
    Array.from({ length: operations }, (_, index) => {
      const integration = index === operations - 1 ? last : mock
      return [`/item${index}`, { get: { responses: { 200: {} }, 'x-amazon-apigateway-integration': integration } }]
    }),
  )
  return Buffer.from(JSON.stringify({ openapi: '3.0.1', info: { title: 'large', version: '1' }, paths }))
}

test('a large import that is refused at its last operation leaves nothing', async () => {
  const gateway = createGateway({ logLevel: 'error' })
  onTestFinished(() => gateway.close())
  const rest = new APIGatewayClient(gateway.clientConfig)
  const body = documentOf(2_000, { type: 'http', uri: 'no address' })
  await expect(rest.send(new ImportRestApiCommand({ body, failOnWarnings: true }))).rejects.toThrow(
    "Unable to put integration on 'GET' for resource at path '/item1999'",
  )
  expect((await rest.send(new GetRestApisCommand({}))).items ?? []).toEqual([])
})

test.each([
  ['in memory', async () => undefined],
  ['in a data folder', temporaryFolder],
])(
  'other requests are answered while a large API is imported and deployed, and see all of it or nothing: %s',
  async (_, folder) => {
    const dataFolder = await folder()
    const gateway = createGateway({ logLevel: 'error', ...(dataFolder === undefined ? {} : { dataFolder }) })
    onTestFinished(() => gateway.close())
    const rest = new APIGatewayClient(gateway.clientConfig)
    const deployed = async (operations: number): Promise<string> => {
      const { id = '' } = await rest.send(new ImportRestApiCommand({ body: documentOf(operations) }))
      await rest.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }))
      return id
    }
    const call = async (id: string, path: string): Promise<number> =>
      (await gateway.invoke(`http://${id}.execute-api.localhost/prod${path}`)).status
    const small = await deployed(1)
    const seen: (number | undefined)[] = []
    const done = new AbortController()
    const deploying = deployed(4_000).finally(() => done.abort())
    while (!done.signal.aborted) {
      expect(await call(small, '/item0')).toBe(200)
      const apis = (await rest.send(new GetRestApisCommand({}))).items ?? []
      const restApiId = apis.find(({ id }) => id !== small)?.id
      const page =
        restApiId && (await rest.send(new GetResourcesCommand({ restApiId, position: undefined, limit: 500 })))
      if (page !== undefined && page !== '') seen.push(page.items?.length)
      await wait(1)
    }
    const large = await deploying
    expect(new Set(seen)).toEqual(new Set([500]))
    expect(await call(large, '/item3999')).toBe(200)
  },
)

test('a large import that kill -9 cuts off is there as a whole or not at all', async () => {
  const folder = await temporaryFolder()
  const start = async () => {
    const sluice = await startSluice(['serve', '--data', folder])
    onTestFinished(() => void sluice.process.kill('SIGKILL'))
    const root = JSON.parse(await readFile(join(folder, 'root-credentials.json'), 'utf8')) as Credentials
    return { ...sluice, ...clientsOf(sluice.url, root) }
  }
  let gateway = await start()
  for (const afterMs of [300, 500, 700]) {
    const { process, rest } = gateway
    const importing = rest.send(new ImportRestApiCommand({ body: documentOf(4_000) })).catch(() => undefined)
    await wait(afterMs)
    const ended = new Promise((resolve) => process.once('exit', resolve))
    process.kill('SIGKILL')
    await Promise.all([ended, importing])
    gateway = await start()
    for (const { id: restApiId } of (await gateway.rest.send(new GetRestApisCommand({}))).items ?? []) {
      let resources = 0
      let position: string | undefined
      do {
        const page = await gateway.rest.send(new GetResourcesCommand({ restApiId, limit: 500, position }))
        resources += page.items?.length ?? 0
        position = page.position
      } while (position !== undefined)
      expect(resources).toBe(4_001)
    }
  }
})
