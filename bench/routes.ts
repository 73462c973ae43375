// A gateway full of routes: what a request costs must not grow with their number; and what importing and deploying many takes.
import { callControlPlane } from './control.ts'
import { startSluice, type SluiceProgram } from './programs.ts'

const operationsPerApi = 10_000
const settleMs = 3_000
/** So many requests warm a process and a connection for what is then measured in single milliseconds. */
const uncounted = 200

/** All of one length: a request shall have as many bytes whichever route it is for. */
const templateOf = (index: number): string => `/group${10 + (index % 50)}/item${10_000 + index}`

/** A document of mocks under `/group10…59/item10000…n/{id}`. */
function documentOf(operations: number): string {
  const paths: Record<string, object> = {}
  for (let index = 0; index < operations; index++) {
    paths[`${templateOf(index)}/{id}`] = {
      get: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'OK' } },
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: { 'application/json': '{"statusCode": 200}' },
          responses: { default: { statusCode: '200', responseTemplates: { 'application/json': '{"found":true}' } } },
        },
      },
    }
  }
  return JSON.stringify({ openapi: '3.0.1', info: { title: `bench-${operations}`, version: '1' }, paths })
}

interface Deployed {
  readonly apiId: string
  readonly importMs: number
  readonly deployMs: number
}

/** Imports a document and deploys its API to the stage `prod`. */
async function deployMany(origin: string, text: string): Promise<Deployed> {
  const startedMs = performance.now()
  const { id } = await callControlPlane<{ id: string }>(origin, 'POST', '/restapis?mode=import', text)
  const importedMs = performance.now()
  await callControlPlane(origin, 'POST', `/restapis/${id}/deployments`, '{"stageName":"prod"}')
  return { apiId: id, importMs: importedMs - startedMs, deployMs: performance.now() - importedMs }
}

const pathOf = (apiId: string, index: number): string => `/_aws/execute-api/${apiId}/prod${templateOf(index)}/7`

/** A gateway with so many routes in all, the URL of one of them, and the paths of all. */
export async function startRoutes(
  routes: number,
  backend: number,
): Promise<{ program: SluiceProgram; url: string; paths: readonly string[] }> {
  const program = await startSluice(backend)
  const origin = `http://127.0.0.1:${program.port}`
  const paths: string[] = []
  for (let left = routes; left > 0; left -= operationsPerApi) {
    const operations = Math.min(left, operationsPerApi)
    const { apiId } = await deployMany(origin, documentOf(operations))
    for (let index = 0; index < operations; index++) paths.push(pathOf(apiId, index))
  }
  // The collector is to be done with what importing left behind before requests are measured.
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  return { program, url: `${origin}${paths[51] ?? ''}`, paths }
}

/** Calls one page after the other until it is told to end; then it says how long the slowest answer took. The first ones, on a new connection, do not count. */
async function watchWaits(origin: string): Promise<() => Promise<number>> {
  let longestMs = 0
  const end = new AbortController()
  const call = async (): Promise<void> => void (await (await fetch(`${origin}/_sluice/health`)).arrayBuffer())
  for (let index = 0; index < uncounted; index++) await call()
  const watch = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const startedMs = performance.now()
      await call()
      longestMs = Math.max(longestMs, performance.now() - startedMs)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const watching = watch()
  return async () => {
    end.abort()
    await watching
    return longestMs
  }
}

/** Nothing of that case calls a backend. */
const unusedPort = 18_089

/** `npm run bench -- scale`: an API of 1,000 methods imported, deployed, and swapped under traffic. Goals: 2 s, 1 s in all. */
export async function measureScale(): Promise<void> {
  const program = await startSluice(unusedPort)
  const origin = `http://127.0.0.1:${program.port}`
  const restMb = program.residentMb()
  const text = documentOf(1_000)
  const endWatch = await watchWaits(origin)
  const { apiId, importMs, deployMs } = await deployMany(origin, text)
  const request = async (): Promise<number> => {
    const startedMs = performance.now()
    const answer = await fetch(`${origin}${pathOf(apiId, 51)}`)
    if (!answer.ok) throw new Error(`the route answered ${answer.status}`)
    await answer.arrayBuffer()
    return performance.now() - startedMs
  }
  await request()
  const startedMs = performance.now()
  await callControlPlane(origin, 'POST', `/restapis/${apiId}/deployments`, '{"stageName":"prod"}')
  await request()
  const swapMs = performance.now() - startedMs
  const longestWaitMs = await endWatch()
  const grownMb = program.residentMb() - restMb
  await program.stop()
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  process.stdout.write(
    `scale: 1,000 methods: import ${ms(importMs)}, deploy ${ms(deployMs)}, deploy again and answer ${ms(swapMs)}; another request waited ${ms(longestWaitMs)} at most; ${grownMb.toFixed(0)} MB more\n`,
  )
}
