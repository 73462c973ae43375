// GetSdk: the JavaScript client is unpacked, imported, type-checked and used against the API it was made for. REST 16.1.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  APIGatewayClient,
  CreateModelCommand,
  GetSdkCommand,
  GetSdkTypeCommand,
  GetSdkTypesCommand,
} from '@aws-sdk/client-api-gateway'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readZip, readZipEntry } from '../../libs/lambda-runtime/src/zip.ts'
import { credentials } from '../fixture/face.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

interface Answer {
  readonly status: number
  readonly data: unknown
  readonly headers: Record<string, string>
}

type Client = Record<string, (params?: object, body?: unknown, additional?: object) => Promise<Answer>>

interface ClientModule {
  readonly apigClientFactory: { readonly newClient: (config: object) => Client }
}

let sluice: RunningSluice
let rest: APIGatewayClient
let restApiId: string
let folder: string
let client: (config?: object) => Client

beforeAll(async () => {
  sluice = await startSluice(['dev'])
  const clientConfig = { region: 'us-east-1', endpoint: sluice.url, credentials, maxAttempts: 1 }
  rest = new APIGatewayClient(clientConfig)
  restApiId = await createRestApi(rest, 'Pets & more')
  const schema =
    '{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}}}}'
  await rest.send(new CreateModelCommand({ restApiId, name: 'Pet', contentType: 'application/json', schema }))
  const mock = (template: string) => ({
    integration: { type: 'MOCK' as const, requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200', responseModels: { 'application/json': 'Pet' } }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': template } }],
  })
  await putMethod(rest, restApiId, '/pets/{petId}', {
    ...mock(`{"id": "$input.params('petId')", "type": "$input.params('type')", "key": "$input.params('x-api-key')"}`),
    method: { requestParameters: { 'method.request.path.petId': true, 'method.request.querystring.type': false } },
  })
  await putMethod(rest, restApiId, '/signed', {
    ...mock('{"user": "$context.identity.userArn"}'),
    httpMethod: 'POST',
    method: { authorizationType: 'AWS_IAM', operationName: 'doSigned' },
  })
  await putMethod(rest, restApiId, '/any/{proxy+}', {
    ...mock(`{"path": "$input.params('proxy')"}`),
    httpMethod: 'ANY',
  })
  await deploy(rest, restApiId, 'prod')

  const answer = await rest.send(new GetSdkCommand({ restApiId, stageName: 'prod', sdkType: 'javascript' }))
  expect(answer.contentType).toBe('application/octet-stream')
  expect(answer.contentDisposition).toMatch(/^attachment; filename="javascript_\d{4}-\d\d-\d\d_\d\d-\d\dZ\.zip"$/)
  folder = mkdtempSync(join(tmpdir(), 'sluice-sdk-'))
  const zip = answer.body ?? new Uint8Array(0)
  for (const entry of readZip(zip, { unpackedBytes: 1_048_576, zipEntries: 100 })) {
    expect(entry.path).toMatch(/^apiGateway-js-sdk\//)
    mkdirSync(dirname(join(folder, entry.path)), { recursive: true })
    writeFileSync(join(folder, entry.path), await readZipEntry(zip, entry))
  }
  const loaded = (await import(
    /* @vite-ignore */ pathToFileURL(join(folder, 'apiGateway-js-sdk/apigClient.js')).href
  )) as ClientModule
  const invokeUrl = `${sluice.url}/_aws/execute-api/${restApiId}/prod`
  client = (config = {}) => loaded.apigClientFactory.newClient({ invokeUrl, ...config })
})

afterAll(async () => {
  await sluice.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('has a function for each method, named as AWS names them, and one for each verb of ANY', () => {
  expect(Object.keys(client())).toEqual([
    ...['Delete', 'Get', 'Head', 'Options', 'Patch', 'Post', 'Put'].map((verb) => `anyProxy${verb}`),
    'petsPetIdGet',
    'doSigned',
  ])
})

test('fills path, query and key', async () => {
  const { petsPetIdGet, anyProxyPut } = client({ apiKey: 'secret' })
  const pet = await petsPetIdGet?.({ petId: 'a b', type: 'cat & dog' })
  expect(pet).toMatchObject({ status: 200, data: { id: 'a%20b', type: 'cat & dog', key: 'secret' } })
  expect((await anyProxyPut?.({ proxy: 'x/y z' }, { a: 1 }))?.data).toEqual({ path: 'x/y%20z' })
  await expect(petsPetIdGet?.({})).rejects.toThrow('petsPetIdGet needs the parameter petId')
})

test('signs methods with IAM authorization; an answer that is no success rejects with it', async () => {
  const iam = new IAMClient({ region: 'us-east-1', endpoint: sluice.url, credentials, maxAttempts: 1 })
  await iam.send(new CreateUserCommand({ UserName: 'caller' }))
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
  })
  await iam.send(new PutUserPolicyCommand({ UserName: 'caller', PolicyName: 'call', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'caller' }))
  const { AccessKeyId: accessKey, SecretAccessKey: secretKey } = AccessKey ?? {}
  const additional = { queryParams: { 'a b': "c'd" } }
  const answer = await client({ accessKey, secretKey })['doSigned']?.({}, { text: 'ü' }, additional)
  expect(answer?.data).toEqual({ user: 'arn:aws:iam::000000000000:user/caller' })
  await expect(client({ accessKey, secretKey: 'wrong' })['doSigned']?.({}, {})).rejects.toMatchObject({
    name: 'ApiError',
    response: { status: 403 },
  })
})

test('has types that its user is checked by', () => {
  const use = (line: string): number | null => {
    const file = join(folder, 'apiGateway-js-sdk/use.ts')
    writeFileSync(
      file,
      `import { apigClientFactory } from './apigClient.js'\nconst client = apigClientFactory.newClient()\n${line}\n`,
    )
    const compiler = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--types', '', '--ignoreConfig']
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, file], { encoding: 'utf8' })
    if (status !== 0 && !stdout.includes('use.ts(')) throw new Error(stdout)
    return status
  }
  expect(
    use(
      "const { data } = await client.petsPetIdGet({ petId: 7, type: 'cat' }); const id: number = data.id; export { id }",
    ),
  ).toBe(0)
  expect(use('await client.petsPetIdGet({})')).not.toBe(0)
  expect(use('const { data } = await client.petsPetIdGet({ petId: 7 }); export const id: string = data.id')).not.toBe(0)
})

test('lists what it could make, asks for what a type needs, and makes JavaScript alone', async () => {
  const { items = [] } = await rest.send(new GetSdkTypesCommand({}))
  expect(items.map(({ id }) => id)).toEqual(['android', 'java', 'javascript', 'objectivec', 'ruby', 'swift'])
  expect(await rest.send(new GetSdkTypeCommand({ id: 'javascript' }))).toMatchObject({ friendlyName: 'JavaScript' })
  const ask = (sdkType: string, parameters = {}) =>
    rest.send(new GetSdkCommand({ restApiId, stageName: 'prod', sdkType, parameters }))
  await expect(ask('cobol')).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'Invalid SDK type identifier specified',
  })
  await expect(ask('ruby')).rejects.toMatchObject({
    message: 'Missing required parameter service.name for SDK type ruby',
  })
  await expect(ask('ruby', { 'service.name': 'Pets' })).rejects.toMatchObject({
    name: 'BadRequestException',
    message: expect.stringMatching(/^SDK generation for ruby is not supported\./) as string,
  })
})
