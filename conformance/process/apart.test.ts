// Functions that loop without end, crash or eat memory do not disturb the gateway or each other.
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { createFunction } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { startSluice } from '../fixture/sluice.ts'

const handlers = {
  good: `exports.handler = async () => 'good'`,
  endless: 'exports.handler = () => { for (;;); }',
  crashing: `exports.handler = () => process.abort()`,
  hungry: 'exports.handler = async () => { const all = []; for (;;) all.push(Buffer.alloc(8 * 1024 * 1024, 1)) }',
}

test('a good route answers while its neighbours loop, crash and eat memory', async () => {
  const sluice = await startSluice(['dev', '--log-level', 'error'])
  onTestFinished(async () => void (await sluice.stop()))
  const { http, lambda } = clientsOf(sluice.url)
  const id = await createHttpApi(http, 'apart')
  for (const [name, source] of Object.entries(handlers)) {
    const plan = {
      name,
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      files: { 'index.js': source },
      timeoutSeconds: name === 'good' ? 20 : 2,
    } as const
    await addRoute(http, id, `GET /${name}`, invoke(await createFunction(lambda, plan), '2.0'))
  }
  const call = (path: string): Promise<[number, string]> =>
    callApi(sluice.url, id, path).then(({ status, text }) => [status, text])
  expect(await call('/good')).toEqual([200, 'good'])

  const bad = ['/endless', '/crashing', '/hungry'].map(async (path) => call(path))
  const over = new AbortController()
  const settled = Promise.all(bad).finally(() => over.abort())
  let goodAnswers = 0
  while (!over.signal.aborted) {
    expect(await call('/good')).toEqual([200, 'good'])
    goodAnswers++
  }
  const failure = [500, '{"message":"Internal Server Error"}']
  expect(await settled).toEqual([failure, failure, failure])
  expect(goodAnswers).toBeGreaterThan(10)
  expect(await call('/crashing')).toEqual(failure)
  expect(await call('/good')).toEqual([200, 'good'])
})
