// `sluice dev openapi.yaml`: the file and the functions' code are live, and a mistake never takes away what runs.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { until } from '../fixture/wait.ts'

/** A document whose one method answers `word`. */
function mockDocument(word: string): string {
  return `openapi: 3.0.1
info: { title: Live, version: '1' }
paths:
  /word:
    get:
      responses: { '200': { description: ok } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses:
          default:
            statusCode: '200'
            responseTemplates: { application/json: '${word}' }
`
}

async function startWith(file: string, folder: string): Promise<{ sluice: RunningSluice; apiId: string }> {
  const sluice = await startSluice(['dev', file], { cwd: folder })
  onTestFinished(async () => void (await sluice.stop()))
  const apiId = /http:\/\/([a-z0-9]+)\.execute-api\.localhost:/.exec(sluice.stdout())?.[1] ?? ''
  return { sluice, apiId }
}

test('deploys at start under an address that stays, prints it, and deploys each change again', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'openapi.yaml'), mockDocument('one'))
  const { sluice, apiId } = await startWith('openapi.yaml', folder)
  expect(sluice.stdout()).toContain(`http://${apiId}.execute-api.localhost:${sluice.port}/dev`)
  const word = async (): Promise<string> => (await callApi(sluice.url, apiId, '/dev/word')).text
  expect(await word()).toBe('one')
  await writeFile(join(folder, 'openapi.yaml'), mockDocument('two'))
  await until('the second text', async () => (await word()) === 'two')
  const again = await startWith('openapi.yaml', folder)
  expect(again.apiId).toBe(apiId)
})

test('keeps the old deployment while the file is broken, and says where', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'openapi.yaml')
  await writeFile(file, mockDocument('one'))
  const { sluice, apiId } = await startWith('openapi.yaml', folder)
  await writeFile(file, mockDocument('two').replace('/word:', '/word: {'))
  const complaint = await until('a complaint', () => /^openapi\.yaml:(\d+):(\d+): .+$/m.exec(sluice.stdout())?.slice(1))
  expect(Number(complaint[0])).toBeGreaterThanOrEqual(4)
  expect((await callApi(sluice.url, apiId, '/dev/word')).text).toBe('one')
  await writeFile(file, mockDocument('three'))
  await until('the mended text', async () => (await callApi(sluice.url, apiId, '/dev/word')).text === 'three')
})

test('says what API Gateway would not accept, with its line, and keeps the old deployment', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'openapi.yaml')
  await writeFile(file, mockDocument('one'))
  const { sluice, apiId } = await startWith('openapi.yaml', folder)
  await writeFile(file, mockDocument('two').replace('type: mock', 'type: mok'))
  await until('a complaint', () => /^openapi\.yaml:\d+:\d+: not deployed: .+$/m.exec(sluice.stdout())?.[0])
  expect((await callApi(sluice.url, apiId, '/dev/word')).text).toBe('one')
})

test("a function's new code answers the next call", async () => {
  const folder = await temporaryFolder()
  const code = join(folder, 'greeter')
  await mkdir(code)
  await writeFile(join(code, 'word.js'), `module.exports = 'one'`)
  await writeFile(join(code, 'index.js'), `const word = require('./word.js')\nexports.handler = async () => word`)
  await writeFile(
    join(folder, 'api.yaml'),
    `openapi: 3.0.1
info: { title: Greeter, version: '1' }
x-sluice-functions:
  greeter: { runtime: nodejs22.x, handler: index.handler, code: ./greeter }
paths:
  /greet:
    get:
      responses: { default: { description: ok } }
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        payloadFormatVersion: '2.0'
        uri: arn:aws:lambda:us-east-1:000000000000:function:greeter
`,
  )
  const { sluice, apiId } = await startWith('api.yaml', folder)
  const greet = async (): Promise<string> => (await callApi(sluice.url, apiId, '/greet')).text
  expect(await greet()).toBe('one')
  await writeFile(join(code, 'word.js'), `module.exports = 'two'`)
  await until('the new code', async () => (await greet()) === 'two')
})

test('prints curl lines of the PetStore example that work', async () => {
  const root = join(import.meta.dirname, '..', '..')
  const { sluice, apiId } = await startWith(join(root, 'examples', 'petstore.yaml'), await temporaryFolder())
  const [byHost = '', byPath = ''] = [...sluice.stdout().matchAll(/^ +curl (\S+)/gm)].map(([, url]) => url ?? '')
  expect(byHost).toBe(`http://${apiId}.execute-api.localhost:${sluice.port}/dev/pets`)
  expect(byPath).toBe(`${sluice.url}/_aws/execute-api/${apiId}/dev/pets`)
  const answers = [await callApi(sluice.url, apiId, new URL(byHost).pathname), await fetch(byPath)]
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
})
