// What becomes of data folders: used by two processes, damaged, of another version, on a full disk.
import { spawnSync } from 'node:child_process'
import { cp, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  CreateApiKeyCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetRestApisCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { callApi, type Reply } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { spawnSluice, startSluice, type RunningSluice } from '../fixture/sluice.ts'

async function start(folder: string): Promise<RunningSluice> {
  const sluice = await startSluice(['dev', '--data', folder])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  return sluice
}

async function refusal(folder: string): Promise<string> {
  const sluice = spawnSluice(['dev', '--port', '0', '--data', folder])
  expect(await sluice.ended).toEqual({ code: 2, signal: null })
  return sluice.stderr()
}

test('a second process is refused, and the folder is free as soon as the first is killed', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  expect(await refusal(folder)).toBe(
    `The data folder ${folder} cannot be used: another process of Sluice uses it; stop that one, or name another folder.\n`,
  )
  first.process.kill('SIGKILL')
  await first.ended
  await (await start(folder)).stop()
})

test('a database that is damaged or of another version is named, and left as it is', async () => {
  const folder = await temporaryFolder()
  await (await start(folder)).stop()
  const file = join(folder, 'sluice.db')
  await cp(file, `${file}.kept`)
  await truncate(file, 100)
  expect(await refusal(folder)).toBe(
    `The data folder ${folder} cannot be used: ${file} is damaged (database disk image is malformed); put a backup in its place.\n`,
  )
  await writeFile(file, 'this is no database, and was never one. '.repeat(30))
  expect(await refusal(folder)).toContain(`${file} is damaged (file is not a database)`)
  await cp(`${file}.kept`, file)
  const database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 99')
  database.close()
  expect(await refusal(folder)).toContain(
    `${file} was written by another version of Sluice (format 99; this one reads 1)`,
  )
})

const canLimit = spawnSync('prlimit', ['--version']).error === undefined

/** No file of the process can grow beyond `bytes`. */
function limitFiles({ process: { pid } }: RunningSluice, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
  expect(status, String(stderr)).toBe(0)
}

/** How many were acknowledged, of as many as fit and some more. */
async function createApis(rest: APIGatewayClient, count: number): Promise<number> {
  let acknowledged = 0
  for (let index = 0; index < count; index++) {
    await rest.send(new CreateRestApiCommand({ name: `api ${index}`, description: 'x'.repeat(1000) })).then(
      () => acknowledged++,
      (error: Error) => expect(error.name).toBe('InternalFailure'),
    )
  }
  return acknowledged
}

const names = async (rest: APIGatewayClient): Promise<number> =>
  (await rest.send(new GetRestApisCommand({ limit: 500 }))).items?.length ?? 0

test.skipIf(!canLimit)(
  'on a full disk writes are refused, reads are served, and all goes on when there is room',
  async () => {
    const folder = await temporaryFolder()
    const sluice = await start(folder)
    const { rest } = clientsOf(sluice.url)
    await rest.send(new CreateRestApiCommand({ name: 'first' }))
    limitFiles(sluice, String(256 * 1024))
    const written = 1 + (await createApis(rest, 40))
    expect(written).toBeLessThan(40)
    expect(await names(rest)).toBe(written)
    expect(sluice.stderr()).toContain('the data folder could not be written: ')
    expect(sluice.stderr()).not.toContain('rollback')
    limitFiles(sluice, 'unlimited')
    expect(await createApis(rest, 3)).toBe(3)
    sluice.process.kill('SIGKILL')
    await sluice.ended
    const again = await start(folder)
    expect(await names(clientsOf(again.url).rest)).toBe(written + 3)
    expect(await again.stop()).toEqual({ code: 0, signal: null })
  },
)

/** An API whose one method counts towards a quota; resolves with what calls it. */
async function quotaApi({ url }: RunningSluice, rest: APIGatewayClient): Promise<() => Promise<Reply>> {
  const id = await createRestApi(rest, 'counted')
  await putMethod(rest, id, '/', {
    method: { apiKeyRequired: true },
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200' }],
  })
  await deploy(rest, id, 'prod')
  const quota = { limit: 1000, period: 'MONTH' } as const
  const apiStages = [{ apiId: id, stage: 'prod' }]
  const { id: usagePlanId } = await rest.send(new CreateUsagePlanCommand({ name: 'plan', quota, apiStages }))
  const { id: keyId, value = '' } = await rest.send(new CreateApiKeyCommand({ name: 'key', enabled: true }))
  await rest.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }))
  return () => callApi(url, id, '/prod', { headers: { 'x-api-key': value } })
}

test.skipIf(!canLimit)('on a full disk it stops in order, and its exit code says that counts are lost', async () => {
  const sluice = await start(await temporaryFolder())
  const call = await quotaApi(sluice, clientsOf(sluice.url).rest)
  limitFiles(sluice, '1')
  expect((await call()).status).toBe(200)
  expect(await sluice.stop()).toEqual({ code: 1, signal: null })
  const lines = sluice.stderr().trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toContain(
    'not everything could be written before the end',
  )
})
