// AWS integrations against a real table: DynamoDB as dynalite serves it, by action and with templates both ways. Recorded: REST 33.
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { APIGatewayClient, TestInvokeMethodCommand } from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callApi } from '../fixture/call.ts'
import { credentials } from '../fixture/face.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server

let database: Server
let sluice: RunningSluice
let rest: APIGatewayClient
let restApiId: string
let query: { restApiId: string; resourceId: string; httpMethod: string }

beforeAll(async () => {
  database = dynalite({ createTableMs: 0 })
  await new Promise<void>((resolve) => database.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(database.address() as AddressInfo).port}`
  sluice = await startSluice(['dev'], {
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: url,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
  })
  rest = new APIGatewayClient({ region: 'us-east-1', endpoint: sluice.url, credentials, maxAttempts: 1 })
  restApiId = await createRestApi(rest, 'pets')
  await action('POST', '/table', 'CreateTable', {
    request: JSON.stringify({
      TableName: 'pets',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
    response: `$input.json('$.TableDescription.TableName')`,
  })
  await action('PUT', '/pets/{id}', 'PutItem', {
    request: `{"TableName": "pets", "Item": {"id": {"S": "$input.params('id')"}, "name": {"S": "$input.path('$.name')"}}, "ConditionExpression": "attribute_not_exists(id)"}`,
    response: '{"saved": true}',
  })
  await action('GET', '/pets/{id}', 'GetItem', {
    request: `{"TableName": "pets", "Key": {"id": {"S": "$input.params('id')"}}}`,
    response: `#set($item = $input.path('$.Item')){"name": "$item.name.S", "id": "$item.id.S"}`,
  })
  query = await action('GET', '/pets', 'Scan', {
    request: '{"TableName": "pets"}',
    response: `[#foreach($item in $input.path('$.Items'))"$item.id.S"#if($foreach.hasNext),#end#end]`,
  })
  await deploy(rest, restApiId, 'prod')
})

afterAll(async () => {
  await sluice.stop()
  await new Promise<void>((resolve) => database.close(() => resolve()))
})

/** A method that runs one action; what DynamoDB refuses is a 400 with the kind of its error. */
function action(
  httpMethod: string,
  path: string,
  name: string,
  templates: { readonly request: string; readonly response: string },
) {
  return putMethod(rest, restApiId, path, {
    httpMethod,
    integration: {
      type: 'AWS',
      integrationHttpMethod: 'POST',
      uri: `arn:aws:apigateway:us-east-1:dynamodb:action/${name}`,
      credentials: 'arn:aws:iam::000000000000:role/pets',
      requestTemplates: { 'application/json': templates.request },
    },
    responses: [{ statusCode: '200' }, { statusCode: '400' }],
    integrationResponses: [
      { statusCode: '200', responseTemplates: { 'application/json': templates.response } },
      {
        statusCode: '400',
        selectionPattern: '4\\d\\d',
        responseTemplates: { 'application/json': `{"refused": "$input.path('$.__type').replaceAll('.*#', '')"}` },
      },
    ],
  })
}

async function call(method: string, path: string, body?: string): Promise<unknown> {
  const { status, text } = await callApi(sluice.url, restApiId, `/prod${path}`, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'Content-Type': 'application/json' } }),
  })
  return { status, body: JSON.parse(text) as unknown }
}

test('a table is made, written, read and searched through an API', async () => {
  expect(await call('POST', '/table', '{}')).toEqual({ status: 200, body: 'pets' })
  expect(await call('PUT', '/pets/a1', '{"name": "Rex"}')).toEqual({ status: 200, body: { saved: true } })
  expect(await call('PUT', '/pets/b2', '{"name": "Tom"}')).toEqual({ status: 200, body: { saved: true } })
  expect(await call('GET', '/pets/a1')).toEqual({ status: 200, body: { id: 'a1', name: 'Rex' } })
  const { body } = (await call('GET', '/pets')) as { readonly body: readonly string[] }
  expect([...body].sort()).toEqual(['a1', 'b2'])
  expect(await call('PUT', '/pets/a1', '{"name": "Max"}')).toEqual({
    status: 400,
    body: { refused: 'ConditionalCheckFailedException' },
  })
})

test('a test call reaches the table too, and its log shows the request', async () => {
  const { status, log } = await rest.send(new TestInvokeMethodCommand(query))
  expect(status).toBe(200)
  expect(log).toContain('Endpoint request URI: https://dynamodb.us-east-1.amazonaws.com/')
  expect(log).toContain('x-amz-target=DynamoDB_20120810.Scan')
})
