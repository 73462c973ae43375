// Access logs and execution logs, read back through CloudWatch Logs. Security F.3–F.9.
import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2'
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zipOf } from '../../gateway/src/services/lambda/testing.ts'
import { startBackend, type Backend } from '../http-plans/backend.ts'
import { allowLogging, createHttpPets, createPets, openPlace, patchStage, startSeconds, type Place } from './place.ts'

let place: Place
let backend: Backend

beforeAll(async () => {
  place = openPlace()
  backend = await startBackend()
  await allowLogging(place)
})

afterAll(async () => {
  await place.gateway.close()
  await backend.close()
})

const destinationArn = (group: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${group}`

/** Every message of a group, in order of time. */
async function messages(logGroupName: string, filterPattern?: string): Promise<(string | undefined)[]> {
  const { events = [] } = await place.logs.call('FilterLogEvents', { logGroupName, filterPattern })
  return events.map(({ message }) => message)
}

const accessLog = (group: string, format: string) => [
  { op: 'replace', path: '/accessLogSettings/destinationArn', value: destinationArn(group) } as const,
  { op: 'replace', path: '/accessLogSettings/format', value: format } as const,
]

describe('access logs', () => {
  test('of REST APIs write one line a request, in CLF', async () => {
    const clf =
      '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId'
    const id = await createPets(place, { name: 'clf', patches: accessLog('clf', clf) })
    const first = await place.get(id, '/prod/pets/1')
    const second = await place.get(id, '/prod/nothing')
    const time = '20/Nov/2026:08:00:00 +0000'
    expect(await messages('clf')).toEqual([
      `127.0.0.1 - - [${time}] "GET /pets/{petId} HTTP/1.1" 200 11 ${first.headers.get('x-amzn-requestid')}`,
      `127.0.0.1 - - [${time}] "GET - HTTP/1.1" 403 42 ${second.headers.get('x-amzn-requestid')}`,
    ])
  })

  test('know what failed, what it took, and what the backend answered', async () => {
    const format =
      '{"id":"$context.requestId","status":$context.status,"total":$context.responseLatency,"integration":"$context.integration.latency","backend":"$context.integration.status","type":"$context.error.responseType","message":$context.error.messageString,"unset":"$context.authorizer.plan","stage":"$context.stage-$context.apiId"}'
    const id = await createPets(place, { name: 'json', uri: backend.url, patches: accessLog('json', format) })
    backend.answer = (_, response) => {
      place.gateway.clock.advance(30)
      response.writeHead(418).end()
    }
    await place.get(id, '/prod/pets/1')
    backend.answer = (_, response) => response.end('ok')
    await place.get(id, '/prod/nothing')
    const [teapot, unknown] = (await messages('json')).map((line) => line ?? '')
    expect(teapot).toMatch(/"message":-,/)
    expect(JSON.parse((teapot ?? '').replace('"message":-', '"message":null'))).toEqual({
      id: expect.any(String),
      status: 418,
      total: 30,
      integration: '30',
      backend: '418',
      type: '-',
      message: null,
      unset: '-',
      stage: `prod-${id}`,
    })
    expect(JSON.parse(unknown ?? '')).toMatchObject({
      status: 403,
      integration: '-',
      type: 'MISSING_AUTHENTICATION_TOKEN',
      message: 'Missing Authentication Token',
    })
  })

  test('cannot be forged by a client', async () => {
    const format = '{"id":"$context.requestId","agent":"$context.identity.userAgent","path":"$context.path"}'
    const id = await createPets(place, { name: 'forged', patches: accessLog('forged', format) })
    const agent = 'x\\","id":"forged'
    await place.get(id, '/prod/pets/%0d%0aGET', { 'User-Agent': agent })
    const lines = await messages('forged')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      agent,
      path: '/prod/pets/%0d%0aGET',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('show a client’s own request id in UUID form only', async () => {
    const id = await createPets(place, { name: 'ids', patches: accessLog('ids', '$context.requestId') })
    const uuid = '01234567-89ab-4cde-8f01-23456789abcd'
    await place.get(id, '/prod/pets/1', { 'x-amzn-RequestId': uuid })
    await place.get(id, '/prod/pets/1', { 'x-amzn-RequestId': 'mine' })
    expect(await messages('ids')).toEqual([uuid, 'UUID_REPLACED_INVALID_REQUEST_ID'])
  })

  test('of HTTP APIs know the route and the bytes', async () => {
    const id = await createHttpPets(place, 'http-log', backend.url)
    const Format =
      '$context.requestId $context.routeKey $context.status $context.dataProcessed $context.integrationLatency $context.resourcePath'
    const AccessLogSettings = { DestinationArn: destinationArn('http-log'), Format }
    await place.http.send(new UpdateStageCommand({ ApiId: id, StageName: '$default', AccessLogSettings }))
    const answer = await place.get(id, '/x')
    expect(await messages('http-log')).toEqual([`${answer.headers.get('apigw-requestid')} $default 200 2 0 -`])
  })

  test.each([
    ['$context.status', 'Access Log format must include either $context.requestId or $context.extendedRequestId'],
    ['$context.requestIds', 'The following context variables are not supported: [$context.requestIds]'],
    [
      '$context.requestId\n$context.status',
      "Access Log format must be single line, new line character is allowed only at end of the format: '$context.requestId\n$context.status'",
    ],
  ])('are refused for the format %j', async (format, message) => {
    const id = await createPets(place, { name: 'refused' })
    await expect(patchStage(place.rest, id, accessLog('refused', format))).rejects.toMatchObject({ message })
  })

  test('end when the stage’s settings are removed', async () => {
    const id = await createPets(place, { name: 'ended', patches: accessLog('ended', '$context.requestId') })
    await place.get(id, '/prod/pets/1')
    await patchStage(place.rest, id, [{ op: 'remove', path: '/accessLogSettings' }])
    await place.get(id, '/prod/pets/1')
    expect(await messages('ended')).toHaveLength(1)
  })
})

describe('execution logs', () => {
  const level = (value: string, trace = 'false') => [
    { op: 'replace', path: '/*/*/logging/loglevel', value } as const,
    { op: 'replace', path: '/*/*/logging/dataTrace', value: trace } as const,
  ]

  test('at INFO tell the way of each request, without its data', async () => {
    const id = await createPets(place, { name: 'info', patches: level('INFO') })
    const answer = await place.get(id, '/prod/pets/1')
    const requestId = answer.headers.get('x-amzn-requestid')
    expect(await messages(`API-Gateway-Execution-Logs_${id}/prod`)).toEqual(
      [
        `Extended Request Id: ${answer.headers.get('x-amz-apigw-id')}`,
        `Verifying Usage Plan for request: ${requestId}. API Key:  API Stage: ${id}/prod`,
        "API Key  authorized because method 'GET /pets/{petId}' does not require API Key. Request will not contribute to throttle or quota limits",
        `Starting execution for request: ${requestId}`,
        'HTTP Method: GET, Resource Path: /pets/1',
        'Successfully completed execution',
        'Method completed with status: 200',
      ].map((text) => `(${requestId}) ${text}`),
    )
    const { logStreams = [] } = await place.logs.call('DescribeLogStreams', {
      logGroupName: `API-Gateway-Execution-Logs_${id}/prod`,
    })
    expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
  })

  test('with data trace show requests and answers, credentials masked, long texts cut', async () => {
    const id = await createPets(place, { name: 'trace', patches: level('INFO', 'true') })
    await place.get(id, '/prod/pets/1?a=b&X-Amz-Signature=0123456789abcdef', {
      Authorization: 'Bearer secret, Signature=0123456789',
      'X-Long': 'x'.repeat(2_000),
    })
    const lines = (await messages(`API-Gateway-Execution-Logs_${id}/prod`)).map((line) => line?.slice(39) ?? '')
    expect(lines).toContain('Method request path: {petId=1}')
    expect(lines).toContain('Method request query string: {a=b, X-Amz-Signature=**********abcdef}')
    expect(lines).toContain('Method response body after transformations: {"ok":true}')
    const headers = lines.find((line) => line.startsWith('Method request headers: ')) ?? ''
    expect(headers).toMatch(/[Aa]uthorization=\*+456789,/)
    expect(headers).not.toContain('secret')
    expect(headers).toMatch(/x \[TRUNCATED\]$/)
    expect(headers.length).toBeLessThanOrEqual(1_024)
  })

  test('at ERROR tell of failures alone', async () => {
    const gone = await startBackend()
    const id = await createPets(place, { name: 'error', uri: gone.url, patches: level('ERROR') })
    await place.get(id, '/prod/pets/1')
    await gone.close()
    const answer = await place.get(id, '/prod/pets/1')
    const requestId = answer.headers.get('x-amzn-requestid')
    expect(await messages(`API-Gateway-Execution-Logs_${id}/prod`)).toEqual([
      `(${requestId}) Execution failed due to a network error communicating with endpoint`,
      `(${requestId}) Gateway response type: INTEGRATION_FAILURE with status code: 504`,
    ])
  })

  test('are not written where nothing is set', async () => {
    const id = await createPets(place, { name: 'silent' })
    await place.get(id, '/prod/pets/1')
    await expect(messages(`API-Gateway-Execution-Logs_${id}/prod`)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
  })
})

test('what a function writes is in its log group', async () => {
  const lambda = new LambdaClient({ ...place.gateway.clientConfig, maxAttempts: 1 })
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'talker',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/pets',
      Code: { ZipFile: zipOf('export const handler = async () => { console.log("said this") }') },
    }),
  )
  await lambda.send(new InvokeCommand({ FunctionName: 'talker' }))
  await expect
    .poll(() => messages('/aws/lambda/talker', '"said this"'))
    .toEqual([expect.stringMatching(/INFO\tsaid this$/)])
})

describe('CloudWatch Logs', () => {
  const logGroupName = 'made'

  test('makes, describes and deletes groups, and keeps their retention', async () => {
    const { logs } = place
    await logs.call('CreateLogGroup', { logGroupName })
    await expect(logs.call('CreateLogGroup', { logGroupName })).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    })
    await logs.call('PutRetentionPolicy', { logGroupName, retentionInDays: 7 })
    await expect(logs.call('PutRetentionPolicy', { logGroupName, retentionInDays: 2 })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
    const { logGroups } = await logs.call('DescribeLogGroups', { logGroupNamePrefix: 'mad' })
    expect(logGroups).toEqual([
      {
        logGroupName,
        creationTime: place.gateway.clock.now(),
        retentionInDays: 7,
        metricFilterCount: 0,
        arn: `${destinationArn(logGroupName)}:*`,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: destinationArn(logGroupName),
      },
    ])
    await logs.call('DeleteRetentionPolicy', { logGroupName })
    await logs.call('DeleteLogGroup', { logGroupName })
    expect((await logs.call('DescribeLogGroups', { logGroupNamePrefix: 'mad' })).logGroups).toEqual([])
    await expect(logs.call('DeleteLogGroup', { logGroupName })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
  })

  test('pages events forward and backward, and gives the same token back at the end', async () => {
    const { logs } = place
    const id = await createPets(place, {
      name: 'paged',
      patches: accessLog('paged', '$context.requestId $context.path'),
    })
    for (const pet of [1, 2, 3, 4, 5]) await place.get(id, `/prod/pets/${pet}`)
    const { logStreams = [] } = await logs.call('DescribeLogStreams', {
      logGroupName: 'paged',
      orderBy: 'LastEventTime',
    })
    const logStreamName = logStreams[0]?.logStreamName ?? ''
    const page = async (nextToken?: string, startFromHead?: boolean) => {
      const answer = await logs.call('GetLogEvents', {
        logGroupName: 'paged',
        logStreamName,
        limit: 2,
        nextToken,
        startFromHead,
      })
      return { ...answer, pets: answer.events?.map(({ message }) => message?.slice(-1)).join('') }
    }
    const head = await page(undefined, true)
    expect(head.pets).toBe('12')
    const middle = await page(head.nextForwardToken)
    expect(middle.pets).toBe('34')
    const last = await page(middle.nextForwardToken)
    expect(last.pets).toBe('5')
    const end = await page(last.nextForwardToken)
    expect(end.pets).toBe('')
    expect(end.nextForwardToken).toBe(last.nextForwardToken)
    const tail = await page()
    expect(tail.pets).toBe('45')
    expect((await page(tail.nextBackwardToken)).pets).toBe('23')
    await expect(page('f/1/s')).rejects.toMatchObject({ message: 'The specified nextToken is invalid.' })
    await expect(logs.call('GetLogEvents', { logGroupName: 'paged', logStreamName: 'nobody' })).rejects.toMatchObject({
      message: 'The specified log stream does not exist.',
    })
  })

  test('filters by pattern, time and stream, page by page', async () => {
    const { logs } = place
    const id = await createPets(place, {
      name: 'filtered',
      patches: accessLog('filtered', '{"status":$context.status,"id":"$context.requestId"}'),
    })
    for (const path of ['/prod/pets/1', '/prod/nothing', '/prod/pets/2', '/prod/nothing']) await place.get(id, path)
    expect(await messages('filtered', '{ $.status = 403 }')).toHaveLength(2)
    const first = await logs.call('FilterLogEvents', {
      logGroupName: 'filtered',
      filterPattern: '{ $.status = 403 }',
      limit: 1,
    })
    expect(first.events).toHaveLength(1)
    const second = await logs.call('FilterLogEvents', {
      logGroupName: 'filtered',
      filterPattern: '{ $.status = 403 }',
      limit: 5,
      nextToken: first.nextToken,
    })
    expect(second.events).toHaveLength(1)
    expect(second.nextToken).toBeUndefined()
    expect(second.events?.[0]?.eventId).not.toBe(first.events?.[0]?.eventId)
    const nowMs = place.gateway.clock.now()
    const within = async (startTime: number, endTime: number) =>
      (await logs.call('FilterLogEvents', { logGroupName: 'filtered', startTime, endTime })).events?.length
    expect(await within(nowMs, nowMs)).toBe(4)
    expect(await within(nowMs + 1, nowMs + 2)).toBe(0)
    expect(await within(0, startSeconds * 1000 - 1)).toBe(0)
    await expect(messages('filtered', '{ $.status = ')).rejects.toMatchObject({ code: 'InvalidParameterException' })
    await expect(
      logs.call('FilterLogEvents', { logGroupName: 'filtered', logStreamNames: ['a'], logStreamNamePrefix: 'a' }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})
