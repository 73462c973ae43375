// Canary releases: which deployment and which variables serve a request, and how a canary is promoted. Recorded: REST 14.5, 36.
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  PutIntegrationResponseCommand,
  UpdateStageCommand,
  type PatchOperation,
} from '@aws-sdk/client-api-gateway'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'

let gateway: ReturnType<typeof createGateway>
let rest: APIGatewayClient

beforeAll(() => {
  gateway = createGateway()
  rest = new APIGatewayClient(gateway.clientConfig)
})

afterAll(() => gateway.close())

const templates = (version: string): Record<string, string> => ({
  'application/json': `${version} $context.deploymentId $context.isCanaryRequest $stageVariables.kept $stageVariables.color`,
})

interface Release {
  readonly first: string
  readonly second: string
  readonly call: () => Promise<string>
  readonly patch: (...patchOperations: PatchOperation[]) => Promise<unknown>
}

/** A stage `prod` of version `one` with a red variable, and its canary of version `two` with a blue one. */
async function release(percentTraffic: number): Promise<Release> {
  const restApiId = await createRestApi(rest, 'canary')
  const address = await putMethod(rest, restApiId, '/v', {
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: templates('one') }],
  })
  const first = await deploy(rest, restApiId, 'prod', { kept: 'kept', color: 'red' })
  await rest.send(
    new PutIntegrationResponseCommand({ ...address, statusCode: '200', responseTemplates: templates('two') }),
  )
  const canarySettings = { percentTraffic, stageVariableOverrides: { color: 'blue' } }
  const { id: second = '' } = await rest.send(
    new CreateDeploymentCommand({ restApiId, stageName: 'prod', canarySettings }),
  )
  return {
    first,
    second,
    call: async () => (await gateway.invoke(`http://${restApiId}.execute-api.localhost/prod/v`)).text(),
    patch: (...patchOperations) => rest.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations })),
  }
}

test('0 per cent is always the stage’s own deployment, 100 always the canary’s, as soon as it is set', async () => {
  const { first, second, call, patch } = await release(0)
  expect(await call()).toBe(`one ${first} false kept red`)
  await patch({ op: 'replace', path: '/canarySettings/percentTraffic', value: '100' })
  expect(await call()).toBe(`two ${second} true kept blue`)
})

test('of many requests the canary takes about its share', async () => {
  const { second, call } = await release(25)
  let taken = 0
  for (let request = 0; request < 400; request++) if ((await call()).includes(second)) taken++
  // 100 are expected; five standard deviations are 43.
  expect(taken).toBeGreaterThan(57)
  expect(taken).toBeLessThan(143)
})

test('promotion makes the canary’s deployment and variables the stage’s, and leaves the other variables', async () => {
  const { second, call, patch } = await release(100)
  await patch(
    { op: 'replace', path: '/canarySettings/percentTraffic', value: '0.0' },
    { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
    { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
  )
  expect(await call()).toBe(`two ${second} false kept blue`)
  await patch({ op: 'remove', path: '/canarySettings' })
  expect(await call()).toBe(`two ${second}  kept blue`)
})

test('a canary that is removed leaves the stage as it was', async () => {
  const { first, call, patch } = await release(100)
  await patch({ op: 'remove', path: '/canarySettings' })
  expect(await call()).toBe(`one ${first}  kept red`)
})
