// The policies case: 1,000 routes behind API keys, a stage's and a key's limit, an access log and metrics, next to nginx set up alike.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Case, Contender } from './cases.ts'
import { callControlPlane } from './control.ts'
import { startSluice } from './programs.ts'
import { hasNginx, startPoliciesNginx } from './yardsticks.ts'

const services = 20
const routesPerService = 50
const keys = 1_000
/** Never reached: what is measured is the counting, not the refusals. */
const manyPerSecond = 1_000_000

const prefixes = Array.from({ length: services * routesPerService }, (_, index) => {
  const service = Math.floor(index / routesPerService)
  return `/svc${service}/r${index % routesPerService}`
})
const keyValues = Array.from({ length: keys }, (_, index) => `bench-key-of-client-${String(index).padStart(6, '0')}`)
const path = `${prefixes.at(-1)}/42`
const headers = { 'x-api-key': keyValues[500] ?? '' }

/** Every route asks for a key and calls the backend under the path that the client asked for. */
function document(backend: number): string {
  const integration = (prefix: string): object => ({
    type: 'http_proxy',
    httpMethod: 'GET',
    uri: `http://127.0.0.1:${backend}${prefix}/{id}`,
    requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
  })
  const operation = (prefix: string): object => ({
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
    responses: {},
    security: [{ key: [] }],
    'x-amazon-apigateway-integration': integration(prefix),
  })
  return JSON.stringify({
    openapi: '3.0.1',
    info: { title: 'bench-policies', version: '1' },
    paths: Object.fromEntries(prefixes.map((prefix) => [`${prefix}/{id}`, { get: operation(prefix) }])),
    components: { securitySchemes: { key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
  })
}

/** Deploys the API with its stage's limit and a plan that all keys belong to; resolves with the API's id. */
async function deploy(origin: string, backend: number): Promise<string> {
  const post = <Answer>(at: string, body: object): Promise<Answer> =>
    callControlPlane<Answer>(origin, 'POST', at, JSON.stringify(body))
  const { id } = await callControlPlane<{ id: string }>(origin, 'POST', '/restapis?mode=import', document(backend))
  await post(`/restapis/${id}/deployments`, { stageName: 'prod' })
  const limits = ['rateLimit', 'burstLimit'].map((name) => ({
    op: 'replace',
    path: `/*/*/throttling/${name}`,
    value: String(manyPerSecond),
  }))
  await callControlPlane(origin, 'PATCH', `/restapis/${id}/stages/prod`, JSON.stringify({ patchOperations: limits }))
  const plan = await post<{ id: string }>('/usageplans', {
    name: 'bench',
    apiStages: [{ apiId: id, stage: 'prod' }],
    throttle: { rateLimit: manyPerSecond, burstLimit: manyPerSecond },
  })
  const lines = keyValues.map((value, index) => `client ${index},${value},TRUE,${plan.id}`)
  const csv = ['name,key,enabled,usageplanIds', ...lines].join('\n')
  await callControlPlane(origin, 'POST', '/apikeys?mode=import&format=csv', csv)
  return id
}

const nginx: Contender = {
  name: 'nginx',
  start: async ({ own, backend }) => ({
    program: await startPoliciesNginx(own, backend, { prefixes, keyValues, manyPerSecond }),
    load: { url: `http://127.0.0.1:${own}${path}`, headers },
  }),
}

const sluice: Contender = {
  name: 'sluice REST',
  start: async ({ backend }) => {
    const log = join(mkdtempSync(join(tmpdir(), 'sluice-bench-log-')), 'access.log')
    const program = await startSluice(backend, ['--access-log', log])
    const origin = `http://127.0.0.1:${program.port}`
    const id = await deploy(origin, backend)
    return { program, load: { url: `${origin}/_aws/execute-api/${id}/prod${path}`, headers } }
  },
}

export const policiesCase: Case = {
  name: 'policies',
  warmUpSeconds: 6,
  contenders: [...(hasNginx ? [nginx] : []), sluice],
}
