// Limits of REST APIs, AWS's answers when they are reached, and how they are set; VPC links; client certificates. REST 3.9, 12.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateStageCommand,
  CreateVpcLinkCommand,
  GenerateClientCertificateCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  ImportRestApiCommand,
  PutIntegrationCommand,
  TestInvokeMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issue } from '../fixture/certificates.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startUpstream, type Upstream } from '../fixture/upstream.ts'

let gateway: ReturnType<typeof createGateway>
let rest: APIGatewayClient
let upstream: Upstream

beforeAll(async () => {
  gateway = createGateway({ limits: { resourcesPerApi: 4, stagesPerApi: 2, integrationTimeoutMs: 60_000 } })
  rest = new APIGatewayClient({ ...gateway.clientConfig, maxAttempts: 1 })
  upstream = await startUpstream()
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const reached = (noun: string) => ({
  name: 'LimitExceededException',
  $metadata: expect.objectContaining({ httpStatusCode: 429 }) as unknown,
  message: `Maximum number of ${noun} for this API has been reached.  Please contact AWS if you need additional ${noun}.`,
})

const mock = { integration: { type: 'MOCK' as const } }

describe('an API', () => {
  test('has no more resources than it may', async () => {
    const restApiId = await createRestApi(rest, 'resources')
    const { items = [] } = await rest.send(new GetResourcesCommand({ restApiId }))
    const create = (pathPart: string) =>
      rest.send(new CreateResourceCommand({ restApiId, parentId: items[0]?.id, pathPart }))
    for (const pathPart of ['a', 'b', 'c']) await create(pathPart)
    await expect(create('d')).rejects.toMatchObject(reached('Resources'))
  })

  test('is not imported with more resources than it may have, not in part either', async () => {
    const before = (await rest.send(new GetRestApisCommand({ limit: 500 }))).items?.length
    const paths = Object.fromEntries(['/a', '/b/c', '/d'].map((path) => [path, { get: {} }]))
    const body = Buffer.from(JSON.stringify({ openapi: '3.0.1', info: { title: 'many', version: '1' }, paths }))
    await expect(rest.send(new ImportRestApiCommand({ body }))).rejects.toMatchObject(reached('Resources'))
    expect((await rest.send(new GetRestApisCommand({ limit: 500 }))).items?.length).toBe(before)
  })

  test('has no more stages than it may, made either way', async () => {
    const restApiId = await createRestApi(rest, 'stages')
    await putMethod(rest, restApiId, '/m', mock)
    const deploymentId = await deploy(rest, restApiId, 'one')
    await deploy(rest, restApiId, 'two')
    await expect(
      rest.send(new CreateStageCommand({ restApiId, deploymentId, stageName: 'three' })),
    ).rejects.toMatchObject(reached('Stages'))
    await expect(rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'three' }))).rejects.toMatchObject(
      reached('Stages'),
    )
  })

  test('takes time-outs up to the gateway’s limit and templates up to 300 KB', async () => {
    const restApiId = await createRestApi(rest, 'timeouts')
    const address = await putMethod(rest, restApiId, '/m', mock)
    const put = (more: object) => rest.send(new PutIntegrationCommand({ ...address, type: 'MOCK', ...more }))
    expect(await put({})).toMatchObject({ timeoutInMillis: 29_000 })
    expect(await put({ timeoutInMillis: 60_000 })).toMatchObject({ timeoutInMillis: 60_000 })
    await expect(put({ timeoutInMillis: 60_001 })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Timeout should be between 50 ms and 60000 ms',
    })
    const templateOf = (length: number) => ({ requestTemplates: { 'application/json': 'x'.repeat(length) } })
    await put(templateOf(307_200))
    await expect(put(templateOf(307_201))).rejects.toMatchObject({ name: 'BadRequestException' })
  })
})

describe('an integration over a VPC link', () => {
  const throughLink = async (connectionId: string) => {
    const restApiId = await createRestApi(rest, 'linked')
    const address = await putMethod(rest, restApiId, '/linked', {
      integration: {
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: `${upstream.url}/behind`,
        connectionType: 'VPC_LINK',
        connectionId,
      },
    })
    await deploy(rest, restApiId, 'prod', { link: 'nothere' })
    const call = () => gateway.invoke(`http://${restApiId}.execute-api.localhost/prod/linked`)
    return { restApiId, address, call }
  }
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/pets/0123456789abcdef'

  test('calls its URI, without the stage', async () => {
    const { id = '' } = await rest.send(new CreateVpcLinkCommand({ name: 'link', targetArns: [arn] }))
    const { call } = await throughLink(id)
    const answer = await call()
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ url: '/behind' })
  })

  test('whose stage variable names no link is a 500, until there is one', async () => {
    const { restApiId, call } = await throughLink('${stageVariables.link}')
    const answer = await call()
    expect([answer.status, await answer.text()]).toEqual([500, '{"message": "Internal server error"}'])
    const { id = '' } = await rest.send(new CreateVpcLinkCommand({ name: 'late', targetArns: [arn] }))
    const patchOperations = [{ op: 'replace' as const, path: '/variables/link', value: id }]
    await rest.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }))
    expect((await call()).status).toBe(200)
  })
})

test('a stage’s client certificate is shown to the backend, and a test call shows its own', async () => {
  const { certificatePem, privateKeyPem } = issue({ name: 'backend', names: ['127.0.0.1'] })
  const server = createServer(
    { cert: certificatePem, key: privateKeyPem, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      response.end(JSON.stringify((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody'))
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const restApiId = await createRestApi(rest, 'shown')
  const address = await putMethod(rest, restApiId, '/tls', {
    integration: {
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'GET',
      uri: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      tlsConfig: { insecureSkipVerification: true },
    },
  })
  await deploy(rest, restApiId, 'prod')
  const call = async () => (await gateway.invoke(`http://${restApiId}.execute-api.localhost/prod/tls`)).text()
  expect(await call()).toBe('"nobody"')
  const { clientCertificateId = '' } = await rest.send(new GenerateClientCertificateCommand({}))
  const patchOperations = [{ op: 'replace' as const, path: '/clientCertificateId', value: clientCertificateId }]
  await rest.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }))
  expect(await call()).toBe('"ApiGateway"')
  expect((await rest.send(new TestInvokeMethodCommand(address))).body).toBe('"nobody"')
  expect((await rest.send(new TestInvokeMethodCommand({ ...address, clientCertificateId }))).body).toBe('"ApiGateway"')
  server.close()
})
