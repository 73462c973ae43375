// Subscription filters: what a function gets of a log group's lines, and what is refused.
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gunzipSync } from 'node:zlib'
import { zipOf } from '../../gateway/src/services/lambda/testing.ts'
import { createPets, openPlace, patchStage, startSeconds, type Place } from './place.ts'

let place: Place
let lambda: LambdaClient

beforeEach(async () => {
  place = openPlace()
  lambda = new LambdaClient({ ...place.gateway.clientConfig, maxAttempts: 1 })
  await place.logs.call('CreateLogGroup', { logGroupName: 'pets' })
})
afterEach(() => place.gateway.close())

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`
const fault = (code: string, message: string) => expect.objectContaining({ code, message })

/** A function that writes down what it is given. */
async function createWatcher(): Promise<void> {
  const Code = {
    ZipFile: zipOf(`export const handler = async (event) => console.log('EVENT' + JSON.stringify(event))`),
  }
  const Role = 'arn:aws:iam::000000000000:role/any'
  await lambda.send(
    new CreateFunctionCommand({ FunctionName: 'watcher', Runtime: 'nodejs24.x', Handler: 'index.handler', Role, Code }),
  )
}

const subscribe = (members: object = {}) =>
  place.logs.call('PutSubscriptionFilter', {
    logGroupName: 'pets',
    filterName: 'all',
    filterPattern: '',
    destinationArn: functionArn('watcher'),
    ...members,
  })

interface Message {
  readonly logStream: string
  readonly subscriptionFilters: readonly string[]
  readonly logEvents: readonly { id: string; timestamp: number; message: string }[]
}

/** What the function was given so far. */
async function given(): Promise<Message[]> {
  const { logGroups } = await place.logs.call('DescribeLogGroups', { logGroupNamePrefix: '/aws/lambda/watcher' })
  if (logGroups?.length === 0) return []
  const { events = [] } = await place.logs.call('FilterLogEvents', { logGroupName: '/aws/lambda/watcher' })
  return events.flatMap(({ message = '' }) => {
    const text = /EVENT(.*)/.exec(message)?.[1]
    if (text === undefined) return []
    const event = JSON.parse(text) as { awslogs: { data: string } }
    return [JSON.parse(gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString()) as Message]
  })
}

const put = async (logStreamName: string, ...texts: readonly string[]) => {
  await place.logs.call('CreateLogStream', { logGroupName: 'pets', logStreamName }).catch(() => undefined)
  const logEvents = texts.map((message) => ({ timestamp: startSeconds * 1000, message }))
  return place.logs.call('PutLogEvents', { logGroupName: 'pets', logStreamName, logEvents })
}

describe('a subscribed function', () => {
  beforeEach(() => createWatcher())

  test('gets the lines of each stream that the pattern takes, gzipped, as AWS packs them', async () => {
    await subscribe({ filterPattern: '{ $.status >= 500 }' })
    await put('one', '{"status":500}', '{"status":200}', '{"status":503}')
    await put('two', 'none of JSON', '{"status":501}')
    await expect.poll(given, { timeout: 5_000 }).toHaveLength(2)
    const messages = (await given()).toSorted((a, b) => (a.logStream < b.logStream ? -1 : 1))
    const { events = [] } = await place.logs.call('FilterLogEvents', { logGroupName: 'pets' })
    const idOf = (text: string) => events.find(({ message }) => message === text)?.eventId
    const event = (message: string) => ({ id: idOf(message), timestamp: startSeconds * 1000, message })
    const told = { messageType: 'DATA_MESSAGE', owner: '000000000000', logGroup: 'pets', subscriptionFilters: ['all'] }
    expect(messages).toEqual([
      { ...told, logStream: 'one', logEvents: [event('{"status":500}'), event('{"status":503}')] },
      { ...told, logStream: 'two', logEvents: [event('{"status":501}')] },
    ])
  })

  test('gets the access log of a stage, from the moment of its subscription to its end', async () => {
    const id = await createPets(place, { name: 'watched' })
    await patchStage(place.rest, id, [
      {
        op: 'replace',
        path: '/accessLogSettings/destinationArn',
        value: 'arn:aws:logs:us-east-1:000000000000:log-group:pets',
      },
      { op: 'replace', path: '/accessLogSettings/format', value: '$context.path $context.requestId' },
    ])
    await place.get(id, '/prod/pets/1')
    await subscribe()
    const { headers } = await place.get(id, '/prod/pets/2')
    const lines = async () => (await given()).flatMap(({ logEvents }) => logEvents.map(({ message }) => message))
    await expect.poll(lines, { timeout: 5_000 }).toEqual([`/prod/pets/2 ${headers.get('x-amzn-requestid')}`])
    await place.logs.call('DeleteSubscriptionFilter', { logGroupName: 'pets', filterName: 'all' })
    await place.get(id, '/prod/pets/3')
    await put('own', 'nobody wants this')
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(await lines()).toHaveLength(1)
  })

  test('gets many lines in several events', async () => {
    await subscribe()
    const line = 'x'.repeat(100_000)
    await put('long', ...Array.from({ length: 8 }, (_, index) => `${index}${line}`))
    await expect.poll(given, { timeout: 5_000 }).toHaveLength(2)
    expect((await given()).map(({ logEvents }) => logEvents.length).toSorted()).toEqual([3, 5])
  })

  test('is told by its filter, which is put anew under its name', async () => {
    await subscribe({ filterPattern: 'ERROR' })
    await subscribe({ filterName: 'and', distribution: 'Random' })
    await subscribe({ filterPattern: 'WARN' })
    const shown = (name: string, filterPattern: string, distribution: string) => ({
      filterName: name,
      logGroupName: 'pets',
      filterPattern,
      destinationArn: functionArn('watcher'),
      distribution,
      applyOnTransformedLogs: false,
      creationTime: startSeconds * 1000,
    })
    const list = async (members: object = {}) => {
      const input = { logGroupName: 'pets', ...members }
      return (await place.logs.call('DescribeSubscriptionFilters', input)).subscriptionFilters
    }
    expect(await list()).toEqual([shown('all', 'WARN', 'ByLogStream'), shown('and', '', 'Random')])
    expect(await list({ filterNamePrefix: 'an' })).toEqual([shown('and', '', 'Random')])
    expect(await list({ limit: 1 })).toEqual([shown('all', 'WARN', 'ByLogStream')])
    await expect(subscribe({ filterName: 'third' })).rejects.toEqual(
      fault('LimitExceededException', 'Resource limit exceeded.'),
    )
    await place.logs.call('DeleteLogGroup', { logGroupName: 'pets' })
    await place.logs.call('CreateLogGroup', { logGroupName: 'pets' })
    expect(await list()).toEqual([])
  })
})

describe('a subscription is refused', () => {
  test.each([
    [{ logGroupName: 'nobody' }, 'ResourceNotFoundException', 'The specified log group does not exist.'],
    [
      { filterPattern: '{ $.a = ' },
      'InvalidParameterException',
      'Invalid filter pattern: the closing brace is missing',
    ],
    [
      { destinationArn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      'InvalidParameterException',
      'PutSubscriptionFilter operation cannot work with destinationArn for vendor sqs',
    ],
    [
      { roleArn: 'arn:aws:iam::000000000000:role/any' },
      'InvalidParameterException',
      'destinationArn for vendor lambda cannot be used with roleArn',
    ],
    [
      { destinationArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/a' },
      'NotImplementedException',
      'A subscription of firehose is not available in Sluice: subscriptions lead to Lambda functions. See docs/compatibility.md.',
    ],
    [
      { applyOnTransformedLogs: true },
      'NotImplementedException',
      'applyOnTransformedLogs is not available in Sluice: subscriptions lead to Lambda functions. See docs/compatibility.md.',
    ],
  ])('%j', async (members, code, message) => {
    await createWatcher()
    await expect(subscribe(members)).rejects.toEqual(fault(code, message))
  })

  test('for a function that is not there', async () => {
    await expect(subscribe()).rejects.toEqual(
      fault(
        'InvalidParameterException',
        'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
      ),
    )
  })

  test('for a function’s own log', async () => {
    await createWatcher()
    await place.logs.call('CreateLogGroup', { logGroupName: '/aws/lambda/watcher' })
    await expect(subscribe({ logGroupName: '/aws/lambda/watcher' })).rejects.toEqual(
      fault(
        'InvalidParameterException',
        'The function watcher writes to /aws/lambda/watcher: its lines would invoke it again.',
      ),
    )
  })

  test('to be ended where there is none', async () => {
    const ended = place.logs.call('DeleteSubscriptionFilter', { logGroupName: 'pets', filterName: 'all' })
    await expect(ended).rejects.toEqual(
      fault('ResourceNotFoundException', 'The specified subscription filter does not exist.'),
    )
  })
})

test.each([
  ['StartLiveTail', { logGroupIdentifiers: ['arn:aws:logs:us-east-1:000000000000:log-group:pets'] }],
  ['DescribeMetricFilters', {}],
] as const)('%s is not served, and says so', async (operation, input) => {
  await expect(place.logs.call(operation, input)).rejects.toEqual(
    fault('NotImplementedException', `${operation} is not available in Sluice yet. See docs/compatibility.md.`),
  )
})
