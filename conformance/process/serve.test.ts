// `sluice serve`: every control-plane call is signed by a known key; APIs answer anybody.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect, onTestFinished, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startServing, type Serving } from '../fixture/serving.ts'

async function serve(folder: string): Promise<Serving> {
  const serving = await startServing(folder)
  onTestFinished(() => void serving.sluice.process.kill('SIGKILL'))
  return serving
}

test('makes a root key at the first start, for its owner alone, and keeps it', async () => {
  const folder = join(await temporaryFolder(), 'data')
  const first = await serve(folder)
  expect((await stat(join(folder, 'root-credentials.json'))).mode & 0o777).toBe(0o600)
  expect(first.root).toEqual({
    accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    secretAccessKey: expect.stringMatching(/^\S{40}$/),
  })
  await first.sluice.stop()
  const second = await serve(folder)
  expect(second.root).toEqual(first.root)
  const { Arn } = await clientsOf(second.sluice.url, second.root).sts.send(new GetCallerIdentityCommand())
  expect(Arn).toBe('arn:aws:iam::000000000000:root')
})

test('refuses unsigned calls, unknown keys and wrong secrets', async () => {
  const { sluice, root } = await serve(await temporaryFolder())
  const unsigned = await fetch(`${sluice.url}/restapis`)
  expect([unsigned.status, unsigned.headers.get('x-amzn-errortype')]).toEqual([
    403,
    'MissingAuthenticationTokenException',
  ])
  const refusal = async (credentials: Credentials): Promise<unknown> =>
    clientsOf(sluice.url, credentials).rest.send(new GetRestApisCommand())
  await expect(refusal({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' })).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
    $metadata: { httpStatusCode: 403 },
  })
  await expect(refusal({ ...root, secretAccessKey: 'x'.repeat(40) })).rejects.toMatchObject({
    name: 'InvalidSignatureException',
    $metadata: { httpStatusCode: 403 },
  })
  expect((await clientsOf(sluice.url, root).rest.send(new GetRestApisCommand())).items ?? []).toEqual([])
})

test('serves the health page and deployed APIs to callers without a key', async () => {
  const { sluice, root } = await serve(await temporaryFolder())
  const { rest } = clientsOf(sluice.url, root)
  const id = await createRestApi(rest, 'open')
  await putMethod(rest, id, '/', {
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': 'open' } }],
  })
  await deploy(rest, id, 'prod')
  expect((await fetch(`${sluice.url}/_sluice/health`)).status).toBe(200)
  expect((await callApi(sluice.url, id, '/prod')).text).toBe('open')
})
