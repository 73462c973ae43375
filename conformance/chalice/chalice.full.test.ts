// Chalice, as it comes: it makes functions, roles, REST and WebSocket APIs by calls of its own, without CloudFormation.
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2'
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { openShell } from '../fixture/aws-cli.ts'
import { callApi, type Call } from '../fixture/call.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice } from '../fixture/sluice.ts'
import { until } from '../fixture/wait.ts'

const present = spawnSync('chalice', ['--version'])
const missing = present.status === 0 ? undefined : 'skipped: no `chalice` command here (pip install chalice)'

const config = {
  version: '2.0',
  app_name: 'shop',
  api_gateway_endpoint_type: 'REGIONAL',
  minimum_compression_size: 1_000,
  xray: true,
  tags: { team: 'zoo' },
  stages: { dev: { api_gateway_stage: 'api', reserved_concurrency: 3, log_retention_in_days: 7 } },
}

test(`Chalice deploys, calls, deploys again and deletes an application ${missing ?? ''}`, async ({ skip }) => {
  skip(missing !== undefined, missing)
  const folder = await temporaryFolder()
  await mkdir(join(folder, '.chalice'))
  await copyFile(join(import.meta.dirname, 'app.py'), join(folder, 'app.py'))
  await writeFile(join(folder, '.chalice/config.json'), JSON.stringify(config))
  await writeFile(join(folder, 'requirements.txt'), '')
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const client = {
    endpoint: sluice.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  const { run } = openShell(sluice.url, folder)

  expect(await run('chalice deploy')).toMatch(/Rest API URL: \S+\n +- Websocket API URL: \S+$/)
  const id = /https:\/\/([a-z0-9]+)\./.exec(await run('chalice url'))?.[1] ?? ''
  const get = async (path: string, call?: Call): Promise<string> => {
    const { status, text } = await callApi(sluice.url, id, `/api${path}`, call)
    return `${status} ${text}`
  }
  expect(await get('/')).toBe('200 {"hello":"world"}')
  expect(await get('/pets/a?x=1', { method: 'PUT' })).toBe('200 {"name":"a","method":"PUT","query":{"x":"1"}}')
  const preflight = await callApi(sluice.url, id, '/api/pets/a', { method: 'OPTIONS' })
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example.com')
  expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,PUT,OPTIONS')
  expect(await get('/inside')).toBe('401 {"message":"Unauthorized"}')
  expect(await get('/inside', { headers: { authorization: 'let me in' } })).toBe('200 {"door":"front"}')
  expect(await get('/inside', { headers: { authorization: 'please' } })).toBe(
    '403 {"Message":"User is not authorized to access this resource"}',
  )
  expect(await get('/signed')).toBe('403 {"message":"Missing Authentication Token"}')
  expect(await get('/keyed')).toBe('403 {"message":"Forbidden"}')
  expect(await get('/wrong')).toMatch(/^400 .*"Message":"no"/)
  const headers = { 'content-type': 'application/x-thing', accept: 'application/x-thing' }
  expect(await get('/turned', { method: 'POST', headers, body: 'abc' })).toBe('200 cba')

  expect(await run(`echo '{"a":1}' | chalice invoke -n alone`)).toBe('{"got": {"a": 1}}')
  await until('the line of the function', async () => (await run('chalice logs -n alone')).includes('called alone'))
  await run('chalice generate-sdk client --sdk-type javascript && test -f client/apigClient.js')

  const { Items = [] } = await new ApiGatewayV2Client(client).send(new GetApisCommand({}))
  const path = `/_aws/execute-api/${Items[0]?.ApiId}/api`
  const socket = new WebSocket(`${sluice.url.replace('http', 'ws')}${path}`)
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  socket.send('hello')
  await until('the message', async () => (await run('chalice logs -n websocket_message')).includes('message: hello'))
  socket.terminate()

  await run(`sed -i.before 's/"hello": "world"/"hello": "again"/' app.py`)
  expect(await run('chalice deploy')).toContain('Updating rest API')
  expect(await get('/')).toBe('200 {"hello":"again"}')
  await run('chalice delete')
  expect((await new APIGatewayClient(client).send(new GetRestApisCommand({}))).items ?? []).toEqual([])
  expect((await new ApiGatewayV2Client(client).send(new GetApisCommand({}))).Items).toEqual([])
})
