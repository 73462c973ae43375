// Counts of a process that is killed, and of one that ends: after N requests they are N, also when a new process is asked.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../fixture/folder.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

const document = {
  openapi: '3.0.1',
  info: { title: 'counted', version: '1' },
  paths: {
    '/pets': {
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

let file: string
let folder: string

async function start(): Promise<RunningSluice> {
  const sluice = await startSluice(['dev', '--data', join(folder, 'data'), file])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  return sluice
}

async function request({ url, stdout }: RunningSluice, times: number): Promise<void> {
  const [, apiId = '', stage = ''] = /http:\/\/([a-z0-9]+)\.execute-api\S*\/(\w+)/.exec(stdout()) ?? []
  for (let time = 0; time < times; time++) {
    const { status } = await fetch(`${url}/_aws/execute-api/${apiId}/${stage}/pets`)
    expect(status).toBe(200)
  }
}

/** What `GetMetricStatistics` sums up, asked as the AWS CLI asks. */
async function counted({ url }: RunningSluice): Promise<number> {
  const now = Math.ceil(Date.now() / 1000)
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': 'GraniteServiceVersion20100801.GetMetricStatistics',
    },
    body: JSON.stringify({
      Namespace: 'AWS/ApiGateway',
      MetricName: 'Count',
      Dimensions: [{ Name: 'ApiName', Value: 'counted' }],
      StartTime: now - 3_600,
      EndTime: now + 3_600,
      Period: 60,
      Statistics: ['Sum'],
    }),
  })
  const { Datapoints } = (await answer.json()) as { Datapoints: { Sum: number }[] }
  return Datapoints.reduce((sum, { Sum }) => sum + Sum, 0)
}

test('nothing is lost by an end, and but the last second by a kill', async () => {
  folder = await temporaryFolder()
  file = join(folder, 'counted.json')
  await writeFile(file, JSON.stringify(document))
  const first = await start()
  await request(first, 25)
  expect(await counted(first)).toBe(25)
  await sleep(1_500)
  first.process.kill('SIGKILL')
  await first.ended
  const second = await start()
  expect(await counted(second)).toBe(25)
  await request(second, 10)
  expect(await second.stop()).toMatchObject({ code: 0 })
  const third = await start()
  await request(third, 1)
  expect(await counted(third)).toBe(36)
})
