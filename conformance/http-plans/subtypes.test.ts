// First-class service integrations against a real endpoint: what is asked, that it is signed, what comes back. HTTP 7.
import { verify } from '@sluice/sigv4'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'
import type { Call, Reply } from '../fixture/plan-call.ts'
import { region, signer, stageOf, startMs } from './stage.ts'

let backend: Backend
beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(() => {
  backend.asked.length = 0
  backend.answer = (_, response) => response.end('{}')
})
afterAll(() => backend.close())

const calling = (subtype: string, RequestParameters: Record<string, string>, call: Call = {}): Promise<Reply> => {
  const names = ['EVENTBRIDGE', 'SQS', 'APPCONFIG', 'KINESIS', 'SFN']
  const awsEndpoints = new Map(names.map((name) => [name, backend.url]))
  const integration = {
    IntegrationType: 'AWS_PROXY' as const,
    IntegrationSubtype: subtype,
    RequestParameters,
    TimeoutInMillis: 1000,
  }
  return stageOf({ awsEndpoints, routes: { 'POST /': { integration } } })({ method: 'POST', path: '/', ...call })
}

const json = (): unknown => JSON.parse(backend.last().body)
const form = (): unknown => Object.fromEntries(new URLSearchParams(backend.last().body))

async function signedFor(service: string, signingRegion = region): Promise<string> {
  const { method, target, rawHeaders, body } = backend.last()
  const [path = '', query = ''] = target.split('?')
  const request = { method, path, query, rawHeaders, body: Buffer.from(body) }
  const { scope } = await verify(request, {
    now: startMs,
    service,
    regions: [signingRegion],
    secretFor: () => signer,
  })
  return scope.accessKeyId
}

test('EventBridge-PutEvents puts one entry', async () => {
  backend.answer = (_, response) =>
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' }).end('{"FailedEntryCount":0}')
  const reply = await calling(
    'EventBridge-PutEvents',
    {
      Detail: '$request.body.detail',
      DetailType: '$request.body.type',
      Source: 'pets',
      Time: '2026-11-20T07:13:05Z',
      EventBusName: 'bus',
      Resources: '["arn:a","arn:b"]',
    },
    { body: '{"detail":{"id":7},"type":"born"}' },
  )
  expect(json()).toEqual({
    Entries: [
      {
        Detail: '{"id":7}',
        DetailType: 'born',
        Source: 'pets',
        Time: 1795158785,
        EventBusName: 'bus',
        Resources: ['arn:a', 'arn:b'],
      },
    ],
  })
  expect(backend.last().headers['x-amz-target']).toBe('AWSEvents.PutEvents')
  expect(await signedFor('events')).toBe('AKIDEXAMPLE')
  expect([reply.status, reply.text, reply.header('content-type')]).toEqual([
    200,
    '{"FailedEntryCount":0}',
    'application/x-amz-json-1.1',
  ])
})

test('SQS-SendMessage sends a form with attributes to the queue', async () => {
  await calling(
    'SQS-SendMessage',
    {
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/pets',
      MessageBody: '$request.body',
      DelaySeconds: '5',
      MessageAttributes: '{"k":{"DataType":"String","StringValue":"${request.header.x}"}}',
      Region: 'us-west-2',
    },
    { headers: ['X', 'v'], body: 'a=b&c' },
  )
  expect(form()).toEqual({
    Action: 'SendMessage',
    Version: '2012-11-05',
    QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/pets',
    MessageBody: 'a=b&c',
    DelaySeconds: '5',
    'MessageAttribute.1.Name': 'k',
    'MessageAttribute.1.Value.DataType': 'String',
    'MessageAttribute.1.Value.StringValue': 'v',
  })
  expect(backend.last().target).toBe('/123456789012/pets')
  expect(await signedFor('sqs', 'us-west-2')).toBe('AKIDEXAMPLE')
})

test('SQS-ReceiveMessage, SQS-DeleteMessage and SQS-PurgeQueue call their actions', async () => {
  const QueueUrl = 'http://queue/pets'
  await calling('SQS-ReceiveMessage', { QueueUrl, AttributeNames: '["All","SentTimestamp"]', MaxNumberOfMessages: '2' })
  expect(form()).toEqual({
    Action: 'ReceiveMessage',
    Version: '2012-11-05',
    QueueUrl,
    'AttributeName.1': 'All',
    'AttributeName.2': 'SentTimestamp',
    MaxNumberOfMessages: '2',
  })
  await calling('SQS-DeleteMessage', { QueueUrl, ReceiptHandle: '$request.querystring.r' }, { query: 'r=a%2Fb' })
  expect(form()).toEqual({ Action: 'DeleteMessage', Version: '2012-11-05', QueueUrl, ReceiptHandle: 'a/b' })
  await calling('SQS-PurgeQueue', { QueueUrl })
  expect(form()).toEqual({ Action: 'PurgeQueue', Version: '2012-11-05', QueueUrl })
})

test('AppConfig-GetConfiguration asks for a configuration, and passes its bytes and version on', async () => {
  backend.answer = (_, response) => response.writeHead(200, { 'Configuration-Version': '3' }).end('raw')
  const reply = await calling('AppConfig-GetConfiguration', {
    Application: 'shop/1',
    Environment: 'prod',
    Configuration: 'flags',
    ClientId: 'c d',
    ClientConfigurationVersion: '2',
  })
  expect([backend.last().method, backend.last().target]).toEqual([
    'GET',
    '/applications/shop%2F1/environments/prod/configurations/flags?client_id=c%20d&client_configuration_version=2',
  ])
  expect(await signedFor('appconfig')).toBe('AKIDEXAMPLE')
  expect([reply.text, reply.header('configuration-version')]).toEqual(['raw', '3'])
})

test('Kinesis-PutRecord encodes its data', async () => {
  await calling('Kinesis-PutRecord', { StreamName: 's', Data: '$request.body', PartitionKey: 'p' }, { body: 'hello é' })
  expect(json()).toEqual({ StreamName: 's', Data: Buffer.from('hello é').toString('base64'), PartitionKey: 'p' })
  expect(backend.last().headers['x-amz-target']).toBe('Kinesis_20131202.PutRecord')
  expect(await signedFor('kinesis')).toBe('AKIDEXAMPLE')
})

test.each([
  [
    'StartExecution',
    { StateMachineArn: 'arn:m', Input: '$request.body', Name: 'n' },
    { stateMachineArn: 'arn:m', input: '{}', name: 'n' },
  ],
  [
    'StartSyncExecution',
    { StateMachineArn: 'arn:m', TraceHeader: 't' },
    { stateMachineArn: 'arn:m', traceHeader: 't' },
  ],
  [
    'StopExecution',
    { ExecutionArn: 'arn:e', Cause: 'c', Error: 'e' },
    { executionArn: 'arn:e', cause: 'c', error: 'e' },
  ],
] as const)('StepFunctions-%s calls its action', async (action, parameters, body) => {
  await calling(`StepFunctions-${action}`, { ...parameters }, { body: '{}' })
  expect(json()).toEqual(body)
  expect(backend.last().headers['x-amz-target']).toBe(`AWSStepFunctions.${action}`)
  expect(await signedFor('states')).toBe('AKIDEXAMPLE')
})

test('the service’s own errors pass through; response mappings apply', async () => {
  backend.answer = (_, response) => response.writeHead(400).end('{"__type":"ValidationException"}')
  const reply = await calling('SQS-PurgeQueue', { QueueUrl: 'q' })
  expect([reply.status, reply.text]).toEqual([400, '{"__type":"ValidationException"}'])
})

test('a required parameter without a value is 400 and calls nothing; so is a value that is no map', async () => {
  const badRequest = [400, '{"message":"Bad Request"}']
  const missing = await calling('SQS-SendMessage', { QueueUrl: 'q', MessageBody: '$request.body' })
  expect([missing.status, missing.text]).toEqual(badRequest)
  const parameters = { QueueUrl: 'q', MessageBody: 'b', MessageAttributes: '$request.body' }
  const noMap = await calling('SQS-SendMessage', parameters, { body: '[1]' })
  expect([noMap.status, noMap.text]).toEqual(badRequest)
  const region = await calling(
    'SQS-PurgeQueue',
    { QueueUrl: 'q', Region: '$request.header.r' },
    { headers: ['r', 'evil.com/'] },
  )
  expect([region.status, region.text]).toEqual(badRequest)
  expect(backend.asked).toEqual([])
})

test('an endpoint that does not answer is 503', async () => {
  backend.answer = (request) => request.socket.destroy()
  const reply = await calling('SQS-PurgeQueue', { QueueUrl: 'q' })
  expect([reply.status, reply.text]).toEqual([503, '{"message":"Service Unavailable"}'])
})
