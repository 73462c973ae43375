// What a request costs in a gateway that holds so many API keys, each request with another of them.
import { callControlPlane } from './control.ts'
import { load } from './load.ts'
import { startSluice } from './programs.ts'
import { startBackend } from './yardsticks.ts'

const backendPort = 18_080
/** As many as the load generator can hold the requests of. */
const mostInTurn = 100_000
const warmUpSeconds = 8
const seconds = 3
const rounds = 5

/** The median of some rounds, in CPU-microseconds. `folder`: where the keys, in the plan, are kept; `keys`: their values. */
export async function costOfRequest(folder: string, planId: string, keys: readonly string[]): Promise<number> {
  const step = Math.max(1, Math.floor(keys.length / mostInTurn))
  const values = keys.filter((_, index) => index % step === 0)
  const backend = await startBackend(backendPort)
  const program = await startSluice(backendPort, ['--data', folder])
  try {
    const url = await deploy(`http://127.0.0.1:${program.port}`, planId)
    const target = { url, inTurn: { name: 'x-api-key', values }, connections: 64 }
    // The first request waits until all keys are read, which is no part of what one costs.
    await (await fetch(url, { headers: { 'x-api-key': values[0] ?? '' } })).arrayBuffer()
    await load({ ...target, seconds: warmUpSeconds })
    const costs: number[] = []
    for (let round = 0; round < rounds; round++) {
      const before = program.cpuMicroseconds()
      const { requests, errors } = await load({ ...target, seconds })
      const after = program.cpuMicroseconds()
      if (errors > 0) throw new Error(`${errors} requests were not answered with success`)
      costs.push((after.user + after.system - before.user - before.system) / requests)
    }
    return costs.sort((left, right) => left - right)[Math.floor(rounds / 2)] ?? Number.NaN
  } finally {
    await program.stop()
    await backend.stop()
  }
}

/** An API whose one method asks for a key and calls the backend, on a stage of the plan; resolves with its URL. */
async function deploy(origin: string, planId: string): Promise<string> {
  const document = {
    openapi: '3.0.1',
    info: { title: 'bench-keys', version: '1' },
    paths: {
      '/small': {
        get: {
          responses: {},
          security: [{ key: [] }],
          'x-amazon-apigateway-integration': {
            type: 'http_proxy',
            httpMethod: 'GET',
            uri: `http://127.0.0.1:${backendPort}/small`,
          },
        },
      },
    },
    components: { securitySchemes: { key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
  }
  const call = <Answer>(method: string, path: string, body: object): Promise<Answer> =>
    callControlPlane<Answer>(origin, method, path, JSON.stringify(body))
  const { id } = await call<{ id: string }>('POST', '/restapis?mode=import', document)
  await call('POST', `/restapis/${id}/deployments`, { stageName: 'prod' })
  await call('PATCH', `/usageplans/${planId}`, {
    patchOperations: [
      { op: 'add', path: '/apiStages', value: `${id}:prod` },
      { op: 'replace', path: '/throttle/rateLimit', value: '100000' },
      { op: 'replace', path: '/throttle/burstLimit', value: '100000' },
    ],
  })
  return `${origin}/_aws/execute-api/${id}/prod/small`
}
