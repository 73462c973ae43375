// What functions are told of connections, and what they decide. WebSocket 25, 26.
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zipOf } from '../services/lambda/testing.ts'
import { openPlace, type Place } from './testing.ts'
import { createSocketApi, functionProxy } from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect, refusal } from './testing-client.ts'

interface Event {
  readonly requestContext: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

let place: Place
let backend: Backend
let apiId: string

/** Tells the backend of each event, and does what the connection's query or the message asks for. */
const source = (url: string): string => `
const note = (event) => fetch('${url}/' + event.requestContext.eventType, { method: 'POST', body: JSON.stringify(event) })
export const handler = async (event) => {
  await note(event)
  const { eventType } = event.requestContext
  const order = eventType === 'MESSAGE' ? JSON.parse(event.body) : (event.queryStringParameters ?? {})
  if (order.throw) throw new Error('asked to')
  if (order.answer) return JSON.parse(order.answer)
  return { statusCode: 200, body: event.body }
}`

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend()
  await place.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'notes',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/notes',
      Code: { ZipFile: zipOf(source(backend.url)) },
    }),
  )
  const notes = functionProxy('notes')
  apiId = await createSocketApi(place, {
    variables: { colour: 'red' },
    routes: {
      $connect: notes,
      $disconnect: notes,
      $default: { ...notes, isTwoWay: true },
      quiet: notes,
    },
  })
})

afterAll(async () => {
  await place.close()
  await backend.close()
})

/** The last event of a type, once it has come. */
async function eventOf(type: string): Promise<Event> {
  const bodyOf = (): string | undefined => backend.requests.findLast(({ url }) => url === `/${type}`)?.body
  await expect.poll(bodyOf, { interval: 5, timeout: 5_000 }).not.toBeUndefined()
  return JSON.parse(bodyOf() ?? '') as Event
}

function forget(): void {
  backend.requests.length = 0
}

const id = expect.stringMatching(/^[\w-]{15}=$/) as string

describe('the events of a connection', () => {
  test('CONNECT has the request, MESSAGE the text, DISCONNECT the reason, and all of them the same connection', async () => {
    forget()
    const nowMs = place.clock.now()
    const client = await connect(place, apiId, {
      path: '?room=a%20b&room=c&name=%C3%A4',
      protocols: ['chat', 'news'],
      options: { headers: { 'X-Colour': 'Blue', 'User-Agent': 'tests/1', 'X-Forwarded-For': '9.9.9.9' } },
    }).catch((error: unknown) => error)
    // The function chose no subprotocol, so that this client refuses the connection: the server has opened it all the same.
    expect(client).toMatchObject({ message: 'Server sent no subprotocol' })
    const connected = await eventOf('CONNECT')
    const host = `127.0.0.1:${place.port}`
    const headers = {
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': expect.stringMatching(/^[\w+/]{22}==$/) as string,
      'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
      'X-Colour': 'Blue',
      'User-Agent': 'tests/1',
      'Sec-WebSocket-Protocol': 'chat,news',
      Host: host,
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as string,
      'X-Forwarded-For': '9.9.9.9, 127.0.0.1',
      'X-Forwarded-Port': String(place.port),
      'X-Forwarded-Proto': 'http',
    }
    const { requestContext } = connected
    expect(connected).toEqual({
      headers,
      multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      queryStringParameters: { room: 'c', name: 'ä' },
      multiValueQueryStringParameters: { room: ['a b', 'c'], name: ['ä'] },
      stageVariables: { colour: 'red' },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: id,
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
        messageDirection: 'IN',
        stage: 'dev',
        connectedAt: nowMs,
        requestTimeEpoch: nowMs,
        identity: { userAgent: 'tests/1', sourceIp: '127.0.0.1' },
        requestId: id,
        domainName: `${apiId}.execute-api.localhost`,
        connectionId: id,
        apiId,
      },
      isBase64Encoded: false,
    })
    expect(requestContext['extendedRequestId']).toBe(requestContext['requestId'])
    expect(Object.keys(requestContext)).toEqual([
      'routeKey',
      'eventType',
      'extendedRequestId',
      'requestTime',
      'messageDirection',
      'stage',
      'connectedAt',
      'requestTimeEpoch',
      'identity',
      'requestId',
      'domainName',
      'connectionId',
      'apiId',
    ])
    await eventOf('DISCONNECT')
  })

  test('MESSAGE and DISCONNECT', async () => {
    forget()
    const client = await connect(place, apiId)
    const { requestContext: connected } = await eventOf('CONNECT')
    place.clock.advance(5_000)
    const text = '{"action":"none",\n "name":"ä€😀"}'
    expect(await client.ask(text)).toBe(text)
    const message = await eventOf('MESSAGE')
    const constant = {
      messageDirection: 'IN',
      stage: 'dev',
      connectedAt: connected['connectedAt'],
      connectionId: connected['connectionId'],
      identity: { sourceIp: '127.0.0.1' },
      domainName: `${apiId}.execute-api.localhost`,
      apiId,
      requestId: id,
      extendedRequestId: id,
      requestTime: expect.any(String) as string,
      requestTimeEpoch: place.clock.now(),
    }
    expect(message).toEqual({
      stageVariables: { colour: 'red' },
      requestContext: { ...constant, routeKey: '$default', messageId: id, eventType: 'MESSAGE' },
      body: text,
      isBase64Encoded: false,
    })
    expect(message.requestContext['messageId']).not.toBe(message.requestContext['requestId'])
    client.socket.close(4_001, 'good-bye')
    const headers = { Host: `${apiId}.execute-api.localhost`, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' }
    expect(await eventOf('DISCONNECT')).toEqual({
      headers,
      multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      stageVariables: { colour: 'red' },
      requestContext: {
        ...constant,
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        disconnectStatusCode: 4_001,
        disconnectReason: 'good-bye',
      },
      isBase64Encoded: false,
    })
  })

  test.for([
    ['without a status', (socket: { close(): void }) => socket.close(), 1005, 'Client-side close frame status not set'],
    [
      'without a close frame',
      (socket: { terminate(): void }) => socket.terminate(),
      1006,
      'Connection closed abnormally',
    ],
  ] as const)('DISCONNECT tells of an end %s', async ([, end, disconnectStatusCode, disconnectReason]) => {
    forget()
    const client = await connect(place, apiId)
    end(client.socket)
    expect((await eventOf('DISCONNECT')).requestContext).toMatchObject({ disconnectStatusCode, disconnectReason })
  })
})

describe('what a function answers to $connect', () => {
  const asked = (answer: unknown): string => `?answer=${encodeURIComponent(JSON.stringify(answer))}`

  test.for([200, 201, 299])('%i opens the connection', async (statusCode) => {
    const client = await connect(place, apiId, { path: asked({ statusCode }) })
    await client.close()
  })

  test.for([301, 401, 403, 404, 429, 500, 501, 503])('%i refuses it with that status', async (statusCode) => {
    forget()
    const refused = await refusal(place, apiId, { path: asked({ statusCode, body: 'no', headers: { 'X-Why': 'x' } }) })
    expect(refused).toMatchObject({ status: statusCode, body: 'no' })
    expect(refused.headers['x-why']).toBeUndefined()
    const { connectionId } = (await eventOf('CONNECT')).requestContext
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(backend.requests.filter(({ body }) => body.includes(String(connectionId)))).toHaveLength(1)
  })

  test('a refusal without a body gets one', async () => {
    const { body, headers } = await refusal(place, apiId, { path: asked({ statusCode: 403 }) })
    expect(body).toMatch(/^\{"message": "Forbidden", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/)
    expect(headers['content-type']).toBe('application/json')
  })

  test.for([
    ['throws', '?throw=1'],
    ['answers no status', asked({ body: 'x' })],
    ['answers a status that is none', asked({ statusCode: 'fine' })],
    ['answers an informational status', asked({ statusCode: 101 })],
    ['answers text', asked('yes')],
  ] as const)('a function that %s: 502', async ([, path]) => {
    const { status, body, headers } = await refusal(place, apiId, { path })
    expect(status).toBe(502)
    expect(body).toMatch(
      /^\{"message": "Internal server error", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/,
    )
    expect(headers['x-amzn-errortype']).toBe('BadGatewayException')
  })

  test('the subprotocol it names goes into the 101', async () => {
    const headers = { 'sec-websocket-protocol': 'news' }
    const client = await connect(place, apiId, {
      path: asked({ statusCode: 200, headers }),
      protocols: ['chat', 'news'],
    })
    expect(client.socket.protocol).toBe('news')
    await client.close()
  })

  test('a function that is not there: 500', async () => {
    const missing = await createSocketApi(place, { routes: { $connect: functionProxy('nobody') } })
    const { status, body, headers } = await refusal(place, missing)
    expect(status).toBe(500)
    expect(body).toMatch(/^\{"message": "Internal server error", /)
    expect(headers['x-amzn-errortype']).toBe('InternalServerErrorException')
  })
})

describe('what a function answers to a message', () => {
  test.for([
    ['its body is the frame, whatever the status', { statusCode: 500, body: 'text' }, 'text'],
    ['a body without a status will do', { body: 'text' }, 'text'],
    ['base64 is decoded', { body: 'w6Q=', isBase64Encoded: true }, 'ä'],
  ] as const)('%s', async ([, answer, frame]) => {
    const client = await connect(place, apiId)
    expect(await client.ask({ answer: JSON.stringify(answer) })).toBe(frame)
    await client.close()
  })

  test.for(['"text"', '7', '[]', '{"other":1}', '{"body":{}}'])('%s is no answer: an error frame', async (answer) => {
    const client = await connect(place, apiId)
    expect(await client.ask({ answer })).toMatch(
      /^\{"message": "Internal server error", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/,
    )
    expect(await client.ask('{"answer":"{\\"body\\":\\"still here\\"}"}')).toBe('still here')
    await client.close()
  })

  test('nothing is said for an empty body, nor on a one-way route', async () => {
    const client = await connect(place, apiId)
    client.send({ answer: '{"statusCode":200}' })
    client.send({ action: 'quiet' })
    client.send({ action: 'quiet', answer: '"no object"' })
    expect(await client.ask({ answer: '{"body":"first"}' })).toBe('first')
    await client.close()
  })

  test('a function that throws is an error frame, on one-way routes too', async () => {
    const client = await connect(place, apiId)
    expect(await client.ask({ action: 'quiet', throw: true })).toMatch(/^\{"message": "Internal server error", /)
    await client.close()
  })
})
