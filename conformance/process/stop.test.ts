// The end of a process: requests in flight finish, then it exits with 0.
import { existsSync, readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { createNodeFunction } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke, proxyTo } from '../fixture/http-api.ts'
import { spawnSluice, startSluice } from '../fixture/sluice.ts'
import { until } from '../fixture/wait.ts'
import { startUpstream } from '../fixture/upstream.ts'

/** A gateway whose route `GET /slow` is answered after so many milliseconds. */
async function startSlow(waitMs: number) {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const sluice = await startSluice(['dev'])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  const { http } = clientsOf(sluice.url)
  const id = await createHttpApi(http, 'slow')
  await addRoute(http, id, 'GET /slow', proxyTo(`${upstream.url}/slow/${waitMs}`))
  return { upstream, sluice, id }
}

test.for(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s lets a slow request finish, takes no new one, and exits with 0',
  async (signal) => {
    const { upstream, sluice, id } = await startSlow(1500)
    const slow = callApi(sluice.url, id, '/slow')
    await until('the request upstream', () => upstream.requests() === 1)
    // A terminal's Ctrl-C may reach a process twice.
    sluice.process.kill(signal)
    setTimeout(() => sluice.process.kill(signal), 50)
    await until('the end of listening', () =>
      callApi(sluice.url, id, '/other').then(
        () => undefined,
        () => true,
      ),
    )
    expect((await slow).status).toBe(200)
    expect(await sluice.ended).toEqual({ code: 0, signal: null })
  },
)

test('a second signal, later, ends it at once', async () => {
  const { upstream, sluice, id } = await startSlow(20_000)
  const slow = expect(callApi(sluice.url, id, '/slow')).rejects.toThrow('socket hang up')
  await until('the request upstream', () => upstream.requests() === 1)
  sluice.process.kill('SIGTERM')
  await until('a word about it', () => sluice.stdout().includes('once more ends it at once'))
  sluice.process.kill('SIGTERM')
  expect(await sluice.ended).toEqual({ code: null, signal: 'SIGTERM' })
  await slow
})

test('serves on when nobody reads its output any more, and still stops in order', async () => {
  const sluice = await startSluice(['dev', '--access-log', 'stdout'])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  sluice.process.stdout?.destroy()
  sluice.process.stderr?.destroy()
  const { http } = clientsOf(sluice.url)
  const id = await createHttpApi(http, 'unread')
  for (let call = 0; call < 3; call++) {
    expect((await callApi(sluice.url, id, '/')).status).toBe(404)
    // The access log is written five times a second.
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  const ended = new Promise((resolve) => sluice.process.once('exit', (code, signal) => resolve({ code, signal })))
  sluice.process.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, signal: null })
})

test.for(['SIGTERM', 'SIGKILL'] as const)('%s leaves no process of a function behind', async (signal) => {
  const sluice = await startSluice(['dev'])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  const { http, lambda } = clientsOf(sluice.url)
  const arn = await createNodeFunction(lambda, 'pid', 'exports.handler = async () => String(process.pid)')
  const id = await createHttpApi(http, 'pid')
  await addRoute(http, id, '$default', invoke(arn, '2.0'))
  const pid = Number((await callApi(sluice.url, id, '/')).text)
  expect(isRunning(pid)).toBe(true)
  sluice.process.kill(signal)
  await sluice.ended
  await until('the end of the function', () => !isRunning(pid))
})

/** A process that has ended but that nobody has collected yet, as under a container's idle first process, is not running. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !existsSync('/proc/self/stat') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

test('where bin/sluice launches another Node, signals and the exit code pass through it', async () => {
  const sluice = await startSluice(['dev'], { throughLauncher: true })
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  expect(await sluice.stop()).toEqual({ code: 0, signal: null })
  await expect(fetch(sluice.url)).rejects.toThrow('fetch failed')
  const mistaken = spawnSluice(['dev', '--port', 'many'], { throughLauncher: true })
  expect(await mistaken.ended).toEqual({ code: 2, signal: null })
})
