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

test.for(['SIGTERM', 'SIGINT'] as const)(
  '%s lets a slow request finish, takes no new one, and exits with 0',
  async (signal) => {
    const upstream = await startUpstream()
    onTestFinished(() => upstream.close())
    const sluice = await startSluice(['dev'])
    onTestFinished(() => void sluice.process.kill('SIGKILL'))
    const { http } = clientsOf(sluice.url)
    const id = await createHttpApi(http, 'slow')
    await addRoute(http, id, 'GET /slow', proxyTo(`${upstream.url}/slow/1500`))
    const slow = callApi(sluice.url, id, '/slow')
    await until('the request upstream', () => (upstream.requests() === 1 ? true : undefined))
    sluice.process.kill(signal)
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
  await until('the end of the function', () => (isRunning(pid) ? undefined : true))
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
