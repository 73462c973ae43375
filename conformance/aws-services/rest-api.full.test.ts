// SQS, SNS, Kinesis, Step Functions, EventBridge and Systems Manager behind a REST API, by path and by action. Recorded: REST 33.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { noMoto } from './moto.ts'
import { role, startPlace, type Place } from './place.ts'
import {
  createQueue,
  createStateMachine,
  createStream,
  messagesIn,
  recordsIn,
  sendEventsTo,
  sendTopicTo,
} from './setup.ts'

describe.skipIf(noMoto !== undefined)(`AWS services behind a REST API ${noMoto ?? ''}`, () => {
  let place: Place
  let post: Post
  beforeAll(async () => {
    place = await startPlace()
    post = await servicesApi(place)
  })
  afterAll(() => place?.close())

  test('a form for a queue’s path sends a message with attributes', async () => {
    const queue = await createQueue(place, 'by-form')
    const [status, text] = await post(
      'form',
      {
        uri: `sqs:path/${new URL(queue).pathname.slice(1)}`,
        parameters: { 'header.Content-Type': "'application/x-www-form-urlencoded'" },
        template:
          'Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageAttribute.1.Name=kind&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=$input.path("$.kind")',
      },
      '{"kind": "cat", "name": "Tom & Jérôme"}',
    )
    expect(status, text).toBe(200)
    expect(await messagesIn(place, queue)).toEqual([
      { body: '{"kind": "cat", "name": "Tom & Jérôme"}', attributes: { kind: 'cat' } },
    ])
  })

  test('a JSON target for a queue sends a message; SQS answers with its digest', async () => {
    const queue = await createQueue(place, 'by-target')
    const [status, text] = await post(
      'target',
      {
        uri: `sqs:path/${new URL(queue).pathname.slice(1)}`,
        parameters: {
          'header.Content-Type': "'application/x-amz-json-1.0'",
          'header.X-Amz-Target': "'AmazonSQS.SendMessage'",
        },
        template: `{"QueueUrl": "${queue}", "MessageBody": "$util.escapeJavaScript($input.path('$.text'))"}`,
      },
      '{"text": "say \\"hi\\""}',
    )
    expect(status, text).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      MD5OfMessageBody: createHash('md5').update('say "hi"').digest('hex'),
      MessageId: expect.any(String),
    })
    expect(await messagesIn(place, queue)).toEqual([{ body: 'say "hi"', attributes: {} }])
  })

  test('SQS’s refusal of a queue that is not there is chosen by its status', async () => {
    const [status, text] = await post(
      'no-queue',
      {
        uri: 'sqs:path/123456789012/none',
        parameters: {
          'header.Content-Type': "'application/x-amz-json-1.0'",
          'header.X-Amz-Target': "'AmazonSQS.SendMessage'",
        },
        template: `{"QueueUrl": "${place.awsUrl}/123456789012/none", "MessageBody": "x"}`,
      },
      '{}',
    )
    expect([status, text]).toEqual([400, expect.stringContaining('QueueDoesNotExist')])
  })

  test('SNS Publish by a form reaches a subscribed queue', async () => {
    const queue = await createQueue(place, 'subscriber')
    const topic = await sendTopicTo(place, 'pets', queue)
    const [status, text] = await post(
      'publish',
      {
        uri: 'sns:path//',
        parameters: { 'header.Content-Type': "'application/x-www-form-urlencoded'" },
        template: `Action=Publish&TopicArn=$util.urlEncode('${topic}')&Message=$util.urlEncode($input.path('$.text'))`,
      },
      '{"text": "Tom & Jerry/é?"}',
    )
    expect(status, text).toBe(200)
    expect(await notificationIn(place, queue)).toMatchObject({ TopicArn: topic, Message: 'Tom & Jerry/é?' })
  })

  test('Kinesis PutRecord puts base64 data into a stream', async () => {
    await createStream(place, 'pets')
    const [status, text] = await post(
      'record',
      {
        uri: 'kinesis:action/PutRecord',
        template: `{"StreamName": "pets", "Data": "$util.base64Encode($input.json('$.data'))", "PartitionKey": "$input.path('$.key')"}`,
      },
      '{"key": "k", "data": {"id": 7}}',
    )
    expect(status, text).toBe(200)
    expect(JSON.parse(text)).toEqual({ SequenceNumber: expect.any(String), ShardId: 'shardId-000000000000' })
    expect(await recordsIn(place, 'pets')).toEqual([{ key: 'k', data: '{"id":7}' }])
  })

  test('Step Functions StartExecution starts with the body as its input', async () => {
    const machine = await createStateMachine(place, 'rest-machine')
    const [status, text] = await post(
      'execution',
      {
        uri: 'states:action/StartExecution',
        template: `{"stateMachineArn": "${machine}", "input": "$util.escapeJavaScript($input.json('$'))"}`,
      },
      '{"pet": "it\\"s", "n": [1, 2]}',
    )
    expect(status, text).toBe(200)
    const { executionArn } = JSON.parse(text) as { executionArn: string }
    const execution = await place.aws('stepfunctions', 'describe_execution', { executionArn })
    expect([execution['stateMachineArn'], JSON.parse(String(execution['input']))]).toEqual([
      machine,
      { pet: 'it"s', n: [1, 2] },
    ])
  })

  test('EventBridge PutEvents by mapped target reaches a rule’s queue', async () => {
    const queue = await createQueue(place, 'rest-events')
    await sendEventsTo(place, 'rest.pets', queue)
    const [status, text] = await post(
      'events',
      {
        uri: 'events:action/PutEvents',
        parameters: {
          'header.Content-Type': "'application/x-amz-json-1.1'",
          'header.X-Amz-Target': "'AWSEvents.PutEvents'",
        },
        template: `{"Entries": [{"Source": "rest.pets", "DetailType": "born", "Detail": "$util.escapeJavaScript($input.json('$'))"}]}`,
      },
      '{"id": 7}',
    )
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
    ])
    expect(await notificationIn(place, queue)).toMatchObject({
      source: 'rest.pets',
      'detail-type': 'born',
      detail: { id: 7 },
    })
  })

  test('Systems Manager GetParameter by mapped target answers in JSON', async () => {
    await place.aws('ssm', 'put_parameter', { Name: '/pets/limit', Value: '12', Type: 'String' })
    const [status, text] = await post(
      'parameter',
      {
        uri: 'ssm:path//',
        parameters: {
          'header.Content-Type': "'application/x-amz-json-1.1'",
          'header.X-Amz-Target': "'AmazonSSM.GetParameter'",
        },
        template: `{"Name": "$input.path('$.name')"}`,
      },
      '{"name": "/pets/limit"}',
    )
    expect(status, text).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ Parameter: { Name: '/pets/limit', Value: '12', Version: 1 } })
  })
})

// moto cannot check what signs a POST with a query.
describe.skipIf(noMoto !== undefined)(`AWS services by actions in the query ${noMoto ?? ''}`, () => {
  let place: Place
  let post: Post
  beforeAll(async () => {
    place = await startPlace({ takesAnySignature: true })
    post = await servicesApi(place)
  })
  afterAll(() => place?.close())

  test('SNS Publish takes its parameters from mappings', async () => {
    const queue = await createQueue(place, 'subscriber')
    const topic = await sendTopicTo(place, 'pets', queue)
    const [status, text] = await post(
      'publish',
      {
        uri: 'sns:action/Publish',
        parameters: {
          'querystring.TopicArn': `'${topic}'`,
          'querystring.Message': 'method.request.body.text',
          'querystring.Subject': "'born'",
          'header.Content-Type': "'application/x-www-form-urlencoded'",
        },
        template: '#set($noBody = true)',
      },
      '{"text": "Tom & Jerry/é?"}',
    )
    expect(status, text).toBe(200)
    const notification = await notificationIn(place, queue)
    expect(notification).toMatchObject({ TopicArn: topic, Subject: 'born', Message: 'Tom & Jerry/é?' })
  })

  test('Systems Manager GetParameter takes the name from a mapping', async () => {
    await place.aws('ssm', 'put_parameter', { Name: '/pets/limit', Value: '12', Type: 'String' })
    const uri = 'ssm:action/GetParameter'
    const parameters = { 'querystring.Name': 'method.request.body.name' }
    const plan = { uri, verb: 'GET', parameters, template: '' }
    const [status, text] = await post('parameter', plan, '{"name": "/pets/limit"}')
    expect([status, text]).toEqual([200, expect.stringContaining('"Value": "12"')])
  })
})

async function notificationIn(place: Place, queue: string): Promise<unknown> {
  const [message] = await messagesIn(place, queue)
  return JSON.parse(message?.body ?? 'null')
}

interface ServicePlan {
  /** What follows the region: `sqs:path/…`. */
  readonly uri: string
  /** `POST` when absent. */
  readonly verb?: string
  /** Mappings by what follows `integration.request.` */
  readonly parameters?: Readonly<Record<string, string>>
  readonly template: string
}

/** Deploys a method that calls a service, posts a JSON body to it, and gives the status and text of the answer. */
type Post = (name: string, plan: ServicePlan, body: string) => Promise<readonly [status: number, text: string]>

async function servicesApi({ rest, call }: Place): Promise<Post> {
  const api = await createRestApi(rest, 'services')
  return async (name, { uri, verb = 'POST', parameters = {}, template }, body) => {
    await putMethod(rest, api, `/${name}`, {
      httpMethod: 'POST',
      integration: {
        type: 'AWS',
        integrationHttpMethod: verb,
        uri: `arn:aws:apigateway:us-east-1:${uri}`,
        credentials: role,
        requestParameters: Object.fromEntries(
          Object.entries(parameters).map(([key, value]) => [`integration.request.${key}`, value]),
        ),
        requestTemplates: { 'application/json': template },
      },
      responses: [{ statusCode: '200' }, { statusCode: '400' }],
      integrationResponses: [{ statusCode: '200' }, { statusCode: '400', selectionPattern: '4..' }],
    })
    await deploy(rest, api, 'prod')
    const headers = { 'content-type': 'application/json' }
    const answer = await call(api, `/prod/${name}`, { method: 'POST', headers, body })
    return [answer.status, await answer.text()]
  }
}
