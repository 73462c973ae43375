// Every writing operation of the REST control plane, fed with hostile values: refused with AWS's 4xx, and a refusal leaves no trace.
import { APIGatewayClient, CreateAuthorizerCommand, CreateModelCommand } from '@aws-sdk/client-api-gateway'
import fc from 'fast-check'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { hostileBody, readModel } from './hostile.ts'

const model = readModel('apigateway-2015-07-09.json')

let gateway: ReturnType<typeof createGateway>
/** Ids of things that exist, by the label that names them. */
let labels: Readonly<Record<string, string>>
/** Where everything that the API is made of can be read. */
let inventory: readonly string[]

beforeAll(async () => {
  gateway = createGateway({ logLevel: 'error' })
  const rest = new APIGatewayClient(gateway.clientConfig)
  const restapi_id = await createRestApi(rest, 'whole')
  const { resourceId } = await putMethod(rest, restapi_id, '/a/{b}', {
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200' }],
  })
  const deploymentId = await deploy(rest, restapi_id, 'prod')
  const authorizerUri = invocationUri('arn:aws:lambda:us-east-1:000000000000:function:any')
  const asked = { restApiId: restapi_id, name: 'asked', type: 'TOKEN' as const, authorizerUri }
  const { id: authorizerId = '' } = await rest.send(
    new CreateAuthorizerCommand({ ...asked, identitySource: 'method.request.header.Authorization' }),
  )
  await rest.send(
    new CreateModelCommand({ restApiId: restapi_id, name: 'Pet', contentType: 'application/json', schema: '{}' }),
  )
  labels = {
    restapi_id,
    resource_id: resourceId,
    parent_id: resourceId,
    http_method: 'GET',
    status_code: '200',
    stage_name: 'prod',
    deployment_id: deploymentId,
    authorizer_id: authorizerId,
    model_name: 'Pet',
    response_type: 'DEFAULT_4XX',
  }
  const ofApi = [
    '',
    '/resources?embed=methods&limit=500',
    '/stages',
    '/deployments',
    '/models',
    '/authorizers',
    '/requestvalidators',
  ]
  const more = ['/gatewayresponses', '/documentation/parts', '/documentation/versions']
  const ofAccount = [
    '/account',
    '/restapis',
    '/apikeys?includeValues=true',
    '/usageplans',
    '/vpclinks',
    '/clientcertificates',
    '/domainnames',
  ]
  inventory = [...[...ofApi, ...more].map((path) => `/restapis/${restapi_id}${path}`), ...ofAccount]
})

afterAll(() => gateway.close())

async function send(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await gateway.invoke(`http://localhost${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, text: await answer.text() }
}

async function everything(): Promise<string> {
  const parts = await Promise.all(inventory.map(async (path) => `${path} ${(await send('GET', path)).text}`))
  return parts.join('\n')
}

/** Those that write, but for the deletion of what the others need. */
const operations = Object.values(model.operations).filter(
  ({ name }) => !/^(?:Get|TestInvoke|Delete(?:RestApi|Resource|Method|Stage|Authorizer|Model|Deployment)$)/.test(name),
)

test.each(operations.map((operation) => [operation.name, operation] as const))('%s', async (name, { http, input }) => {
  const body = hostileBody(model, input?.shape ?? '', () => labels)
  const label = (text: string): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 5, arbitrary: fc.constant(0).map(() => labels[text] ?? 'nothing') },
      { weight: 1, arbitrary: fc.constantFrom('__proto__', 'a'.repeat(3_000), '*', ' ') },
    )
  const wanted = [...http.requestUri.matchAll(/\{([^}+]+)\+?\}/g)].map(([, text = '']) => text)
  const calls = fc.record({ values: fc.tuple(...wanted.map(label)), body })
  let before = await everything()
  await fc.assert(
    fc.asyncProperty(calls, async ({ values, body }) => {
      const filled = values.values()
      const path = http.requestUri.replace(/\{[^}]+\}/g, () => encodeURIComponent(filled.next().value ?? ''))
      const { status, text } = await send(http.method, path, JSON.stringify(body))
      const after = await everything()
      expect(status, `${name} ${path} ${text}`).toBeLessThan(500)
      if (status >= 400) {
        expect(text).toMatch(/^\{"(?:message|__type)/)
        expect(after, `${name} left a trace`).toBe(before)
      }
      before = after
      expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    }),
    { numRuns: 25 },
  )
})
