// The first-class service integrations of HTTP APIs, with what they have done to the services. HTTP 7.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addRoute, createHttpApi } from '../fixture/http-api.ts'
import { noMoto } from './moto.ts'
import { role, startPlace, type Place } from './place.ts'
import { createQueue, createStateMachine, createStream, messagesIn, recordsIn, sendEventsTo } from './setup.ts'

describe.skipIf(noMoto !== undefined)(`AWS services behind an HTTP API ${noMoto ?? ''}`, () => {
  let place: Place
  let api: string
  beforeAll(async () => {
    place = await startPlace()
    api = await createHttpApi(place.http, 'services')
  })
  afterAll(() => place?.close())

  const route = (
    key: string,
    IntegrationSubtype: string,
    RequestParameters: Record<string, string>,
  ): Promise<unknown> =>
    addRoute(place.http, api, key, {
      IntegrationType: 'AWS_PROXY',
      IntegrationSubtype,
      PayloadFormatVersion: '1.0',
      CredentialsArn: role,
      RequestParameters,
    })
  async function call(method: string, path: string, body?: string): Promise<readonly [status: number, text: string]> {
    const answer = await place.call(api, `/$default${path}`, { method, ...(body === undefined ? {} : { body }) })
    return [answer.status, await answer.text()]
  }

  test('a queue’s messages are sent, received, deleted and purged', async () => {
    const QueueUrl = await createQueue(place, 'orders')
    await route('POST /messages', 'SQS-SendMessage', {
      QueueUrl,
      MessageBody: '$request.body',
      MessageAttributes: '{"kind":{"DataType":"String","StringValue":"${request.querystring.kind}"}}',
    })
    await route('GET /messages', 'SQS-ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: '10',
      VisibilityTimeout: '60',
      AttributeNames: '["SenderId"]',
      MessageAttributeNames: '["All"]',
    })
    await route('DELETE /message', 'SQS-DeleteMessage', { QueueUrl, ReceiptHandle: '$request.querystring.handle' })
    await route('DELETE /messages', 'SQS-PurgeQueue', { QueueUrl })

    const body = '{"pet": "Tom & Jérôme + 1%"}'
    const [sent, answer] = await call('POST', '/messages?kind=cat', body)
    expect(sent, answer).toBe(200)
    const [, md5] = /<MD5OfMessageBody>(\w+)</.exec(answer) ?? []
    expect(md5).toBe(createHash('md5').update(body).digest('hex'))

    const [received, message] = await call('GET', '/messages')
    expect(received, message).toBe(200)
    expect(message).toContain('<Name>kind</Name>')
    expect(message).toContain('<Name>SenderId</Name>')
    expect(await messagesIn(place, QueueUrl)).toEqual([])
    const [, handle = ''] = /<ReceiptHandle>([^<]+)</.exec(message) ?? []
    const [deleted, text] = await call('DELETE', `/message?handle=${encodeURIComponent(handle)}`)
    expect(deleted, text).toBe(200)
    expect(await waiting(QueueUrl)).toBe('0')

    await call('POST', '/messages?kind=a', 'a')
    await call('POST', '/messages?kind=b', 'b')
    expect(await waiting(QueueUrl)).toBe('2')
    expect((await call('DELETE', '/messages'))[0]).toBe(200)
    expect(await waiting(QueueUrl)).toBe('0')
  })

  async function waiting(QueueUrl: string): Promise<unknown> {
    const AttributeNames = ['ApproximateNumberOfMessages']
    const { Attributes } = await place.aws('sqs', 'get_queue_attributes', { QueueUrl, AttributeNames })
    return (Attributes as Record<string, string>)['ApproximateNumberOfMessages']
  }

  test('SQS’s refusal passes through', async () => {
    const QueueUrl = `${place.awsUrl}/123456789012/none`
    await route('POST /none', 'SQS-SendMessage', { QueueUrl, MessageBody: '$request.body' })
    expect(await call('POST', '/none', 'x')).toEqual([400, expect.stringContaining('NonExistentQueue')])
  })

  test('Kinesis-PutRecord puts the text of a body into a stream', async () => {
    await createStream(place, 'pets')
    await route('POST /records/{key}', 'Kinesis-PutRecord', {
      StreamName: 'pets',
      Data: '$request.body',
      PartitionKey: '$request.path.key',
    })
    const [status, text] = await call('POST', '/records/k', 'hello é')
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { SequenceNumber: expect.any(String), ShardId: 'shardId-000000000000' },
    ])
    expect(await recordsIn(place, 'pets')).toEqual([{ key: 'k', data: 'hello é' }])
  })

  test('EventBridge-PutEvents reaches a rule’s queue with source, time and resources', async () => {
    const queue = await createQueue(place, 'events')
    await sendEventsTo(place, 'http.pets', queue)
    await route('POST /events', 'EventBridge-PutEvents', {
      Source: 'http.pets',
      DetailType: '$request.body.type',
      Detail: '$request.body.detail',
      Time: '2026-11-20T07:13:05Z',
      Resources: '["arn:aws:s3:::pets"]',
    })
    const [status, text] = await call('POST', '/events', '{"type": "born", "detail": {"id": 7}}')
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
    ])
    const [message] = await messagesIn(place, queue)
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      source: 'http.pets',
      'detail-type': 'born',
      detail: { id: 7 },
      time: '2026-11-20T07:13:05Z',
      resources: ['arn:aws:s3:::pets'],
    })
  })

  test('StepFunctions-StartExecution starts and StopExecution ends an execution', async () => {
    const machine = await createStateMachine(place, 'http-machine')
    await route('POST /executions/{name}', 'StepFunctions-StartExecution', {
      StateMachineArn: machine,
      Name: '$request.path.name',
      Input: '$request.body',
    })
    await route('DELETE /executions', 'StepFunctions-StopExecution', {
      ExecutionArn: '$request.querystring.arn',
      Error: 'Enough',
    })
    const [status, text] = await call('POST', '/executions/first', '{"pet": "Tom"}')
    expect(status, text).toBe(200)
    const { executionArn } = JSON.parse(text) as { executionArn: string }
    const started = await place.aws('stepfunctions', 'describe_execution', { executionArn })
    expect([started['name'], started['input'], started['status']]).toEqual(['first', '{"pet": "Tom"}', 'RUNNING'])
    const stopped = await call('DELETE', `/executions?arn=${encodeURIComponent(executionArn)}`)
    expect(stopped[0], stopped[1]).toBe(200)
    const { status: ending } = await place.aws('stepfunctions', 'describe_execution', { executionArn })
    expect(ending).toBe('ABORTED')
  })
})
