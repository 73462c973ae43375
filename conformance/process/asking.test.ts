// Commands that ask a running gateway, and the access log that a process writes: explain, tail, --access-log, --explain.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spawnSluice, startSluice, type RunningSluice } from '../fixture/sluice.ts'

const document = {
  openapi: '3.0.1',
  info: { title: 'asked', version: '1' },
  paths: {
    '/pets/{petId}': {
      get: {
        responses: { 200: { description: 'OK' } },
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: { 'application/json': '{"statusCode": 200}' },
          responses: { default: { statusCode: '200' } },
        },
      },
    },
  },
}

let folder: string
let sluice: RunningSluice
let stageUrl: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-asking-'))
  const file = join(folder, 'asked.json')
  await writeFile(file, JSON.stringify(document))
  sluice = await startSluice(['dev', '--access-log', join(folder, 'access.log'), file])
  const [, apiId = '', stage = ''] = /http:\/\/([a-z0-9]+)\.execute-api\S*\/(\w+)/.exec(sluice.stdout()) ?? []
  stageUrl = `${sluice.url}/_aws/execute-api/${apiId}/${stage}`
})

afterAll(async () => {
  await sluice.stop()
  await rm(folder, { recursive: true })
})

async function outputOf(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const command = spawnSluice(args)
  const { code } = await command.ended
  return { code, stdout: command.stdout(), stderr: command.stderr() }
}

const port = (): readonly string[] => ['--port', String(sluice.port)]

test('explain tells why, for either end of a request', async () => {
  const answer = await fetch(`${stageUrl}/pets/7`)
  const found = await outputOf('explain', ...port(), answer.headers.get('x-amzn-requestid') ?? '')
  expect(found.code).toBe(0)
  expect(found.stdout).toContain('answered 200')
  expect(found.stdout).toContain('matched: verb GET, path /pets/7')
  const lost = await fetch(`${stageUrl}/pet/7`)
  const told = await outputOf('explain', ...port(), lost.headers.get('x-amz-apigw-id') ?? '')
  expect([told.code, told.stderr]).toEqual([0, ''])
  expect(told.stdout).toContain('MISSING_AUTHENTICATION_TOKEN')
  expect(told.stdout).toContain('Nearest routes:\n    GET /pets/{petId}')
})

test('tail shows requests as they are answered', async () => {
  const tail = spawnSluice(['tail', ...port()])
  await expect
    .poll(
      async () => {
        await fetch(`${stageUrl}/pets/tailed`)
        return tail.stdout()
      },
      { timeout: 10_000, interval: 300 },
    )
    .toMatch(/^\d\d:\d\d:\d\d\.\d{3} 200 +\d+ ms {2}GET \/\w+\/pets\/tailed {2}asked {2}[0-9a-f-]{36}$/m)
  tail.process.kill('SIGTERM')
  await tail.ended
})

test('the access log has a line of JSON for each request', async () => {
  const { status, headers } = await fetch(`${stageUrl}/pets/logged`)
  const requestId = headers.get('x-amzn-requestid')
  const lines = async (): Promise<unknown[]> =>
    (await readFile(join(folder, 'access.log'), 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown)
  await expect
    .poll(lines)
    .toContainEqual(expect.objectContaining({ requestId, status, httpMethod: 'GET', resourcePath: '/pets/{petId}' }))
})

test.each([
  [['explain'], 'sluice explain takes one request id'],
  [['explain', '--port', '1', 'x'], 'No gateway answers at http://127.0.0.1:1'],
  [['explain', '--endpoint', 'nowhere', 'x'], '"nowhere" is no address of a gateway'],
  [['tail', '--prot', '1'], 'There is no option --prot. Did you mean --port?'],
  [['dev', '--acount', '1'], 'There is no option --acount. Did you mean --account?'],
  [['dev', '--port'], '--port needs a value.'],
  [['tial'], 'There is no command "tial". Did you mean "tail"?'],
  [['help', 'fly'], 'There is no command "fly". Use one of dev, serve, explain, tail;'],
  [['tail', '--colour'], 'There is no option --colour. This command takes --endpoint and --port.'],
  [['tail', 'x'], 'sluice tail takes no "x"'],
  [['dev', '--explain', 'many'], '--explain takes a number from 0 to 1000000, not "many"'],
  [['dev', '--access-log', '/nowhere/access.log'], 'The access log /nowhere/access.log cannot be written'],
])('%j is refused with one line and exit code 2', async (args, sentence) => {
  const { code, stderr } = await outputOf(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(sentence)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test.each([
  [['help'], 'sluice: an Amazon API Gateway of your own'],
  [['help', 'dev'], 'sluice dev [FILE...] [OPTIONS]'],
  [['serve', '--help'], 'sluice serve --data DIR [OPTIONS]'],
  [['dev', '-h'], 'sluice dev [FILE...] [OPTIONS]'],
  [['explain', '--help'], 'sluice explain REQUEST_ID [--endpoint URL | --port PORT]'],
  [['tail', '--port', '1', '-h'], 'sluice tail [--endpoint URL | --port PORT]'],
])('%j prints help with examples and exits with 0', async (args, firstLine) => {
  const { code, stdout, stderr } = await outputOf(...args)
  expect([code, stderr, stdout.split('\n', 1)[0]]).toEqual([0, '', firstLine])
  expect(stdout).toContain('\nExamples:\n  sluice ')
})

test.for(['-bcdefghijklmno=', '--port-efghijkl='])('takes %s for a request id', async (id) => {
  expect((await outputOf('explain', ...port(), id)).stderr).toBe(
    `The gateway at http://127.0.0.1:${sluice.port} knows no request ${id}, or no longer.\n`,
  )
})

test('a request that nobody knows, and a gateway that keeps none, are told apart', async () => {
  expect((await outputOf('explain', ...port(), 'nobody')).stderr).toContain('knows no request nobody')
  const other = await startSluice(['dev', '--explain', '0'])
  const refused = await outputOf('explain', '--endpoint', other.url, 'nobody')
  await other.stop()
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('keeps no requests')
})
