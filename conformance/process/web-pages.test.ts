// Web pages that a browser of this machine shows: they can send requests to `sluice dev`, which asks nobody for a signature.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send, type Reply } from '../fixture/call.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

let sluice: RunningSluice

beforeAll(async () => {
  sluice = await startSluice(['dev'])
})

afterAll(() => sluice.stop())

/** What a page can send without the browser asking first. */
function createApi(origin: string, host = `127.0.0.1:${sluice.port}`): Promise<Reply> {
  const headers = { Origin: origin, 'Content-Type': 'text/plain' }
  return send(new URL('/restapis', sluice.url), host, { method: 'POST', headers, body: '{"name":"made"}' })
}

test('pages of other origins make no AWS calls', async () => {
  const foreign = [
    'http://evil.example',
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://10.0.0.1',
  ]
  for (const origin of foreign) {
    const { status, text } = await createApi(origin)
    expect([origin, status, text]).toEqual([
      origin,
      403,
      '{"message":"Web pages of other origins may not make AWS calls here."}',
    ])
  }
  // A name whose DNS leads here, as an attacker's may.
  expect((await createApi(`http://evil.example:${sluice.port}`, `evil.example:${sluice.port}`)).status).toBe(403)
  expect(await (await fetch(`${sluice.url}/restapis`)).json()).toEqual({ item: [] })
})

test('pages of this machine, and of the address that the gateway is reached by, do', async () => {
  expect((await createApi('http://localhost:3000')).status).toBe(201)
  expect((await createApi('http://127.0.0.1:3000')).status).toBe(201)
  expect((await createApi('http://sluice:4566', 'sluice:4566')).status).toBe(201)
  expect((await createApi('http://10.0.0.1:4566', '10.0.0.1:4566')).status).toBe(201)
})

test('pages of this machine may read /_sluice/, others may not', async () => {
  const get = (origin: string, method = 'GET'): Promise<Reply> =>
    send(new URL('/_sluice/health', sluice.url), '127.0.0.1', { method, headers: { Origin: origin } })
  const allowed = await get('http://localhost:5173')
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, 'http://localhost:5173'])
  expect((await get('http://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
  const asked = await get('http://localhost:5173', 'OPTIONS')
  expect([asked.status, asked.text, asked.headers.get('access-control-allow-methods')]).toEqual([
    204,
    '',
    'GET, HEAD, OPTIONS',
  ])
})

test('the stories of requests are told to nobody who came by a name of the internet', async () => {
  const stories = (host: string): Promise<Reply> => send(new URL('/_sluice/requests', sluice.url), host)
  expect((await stories('evil.example')).status).toBe(403)
  for (const host of ['localhost', '127.0.0.1', '[::1]:80', 'sluice', 'gateway.localhost']) {
    expect([host, (await stories(host)).status]).toEqual([host, 200])
  }
})

test('a browser lets pages of this machine call, and read what they are answered', async () => {
  const ask = (origin: string): Promise<Reply> =>
    send(new URL('/', sluice.url), '127.0.0.1', {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-amz-target',
      },
    })
  const allowed = await ask('http://localhost:5173')
  expect([
    allowed.status,
    allowed.headers.get('access-control-allow-origin'),
    allowed.headers.get('access-control-allow-headers'),
    allowed.headers.get('access-control-max-age'),
  ]).toEqual([200, '*', 'content-type,x-amz-target', '172800'])
  const made = await createApi('http://localhost:5173')
  expect([made.status, made.headers.get('access-control-allow-origin')]).toEqual([201, '*'])
  expect(made.headers.get('access-control-expose-headers')).toContain('x-amzn-ErrorType')
  const refused = await ask('http://evil.example')
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null])
})
