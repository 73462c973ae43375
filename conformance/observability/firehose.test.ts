// Access logs to delivery streams: what Firehose is sent, and what becomes of lines that it does not take.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createFirehoseDeliveries } from '../../gateway/src/adapters/firehose-deliveries.ts'
import { createSignedAws } from '../../gateway/src/adapters/signed-aws.ts'
import { systemClock } from '../../gateway/src/adapters/clocks.ts'
import { createHttpUpstream } from '../../gateway/src/adapters/upstream/http-upstream.ts'
import { createLog } from '../../gateway/src/log.ts'
import { createPets, openPlace } from './place.ts'

interface Put {
  readonly target: string
  readonly authorization: string
  readonly stream: string
  readonly lines: readonly string[]
}

interface Body {
  readonly DeliveryStreamName: string
  readonly Records: readonly { readonly Data: string }[]
}

const puts: Put[] = []
/** What is answered, one after the other; then success. */
let answers: { readonly status: number; readonly body: object }[] = []

const server = createServer((request, response) => void take(request, response))

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { DeliveryStreamName, Records } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Body
  puts.push({
    target: String(request.headers['x-amz-target']),
    authorization: String(request.headers.authorization),
    stream: DeliveryStreamName,
    lines: Records.map(({ Data }) => Buffer.from(Data, 'base64').toString()),
  })
  const { status, body } = answers.shift() ?? { status: 200, body: { FailedPutCount: 0, RequestResponses: [] } }
  response.writeHead(status).end(JSON.stringify(body))
}

let endpoint: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

beforeEach(() => {
  puts.length = 0
  answers = []
})

afterAll(() => void server.close())

const upstream = createHttpUpstream()
afterAll(() => upstream.close())

const stream = { account: '000000000000', region: 'eu-west-1', name: 'amazon-apigateway-pets' }
const arn = `arn:aws:firehose:eu-west-1:000000000000:deliverystream/${stream.name}`
const settings = [
  { op: 'replace', path: '/accessLogSettings/destinationArn', value: arn } as const,
  { op: 'replace', path: '/accessLogSettings/format', value: '$context.requestId $context.status' } as const,
]

test('a stage’s lines are put to its stream, each ended by a line break', async () => {
  const place = openPlace({ awsEndpoints: { FIREHOSE: endpoint } })
  const id = await createPets(place, { name: 'streamed', patches: settings })
  const ids: string[] = []
  for (const path of ['/prod/pets/1', '/prod/nothing']) {
    ids.push((await place.get(id, path)).headers.get('x-amzn-requestid') ?? '')
  }
  await place.gateway.close()
  expect(puts).toEqual([
    {
      target: 'Firehose_20150804.PutRecordBatch',
      authorization: 'undefined',
      stream: stream.name,
      lines: [`${ids[0]} 200\n`, `${ids[1]} 403\n`],
    },
  ])
})

test('a stream of another name is refused', async () => {
  const place = openPlace()
  const value = 'arn:aws:firehose:eu-west-1:000000000000:deliverystream/pets'
  const patches = [{ op: 'replace', path: '/accessLogSettings/destinationArn', value } as const]
  await expect(createPets(place, { name: 'other', patches })).rejects.toMatchObject({
    message:
      "Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': 'deliverystream/pets'",
  })
  await place.gateway.close()
})

test('lines are dropped, counted and told of where no endpoint is known', async () => {
  const place = openPlace()
  const id = await createPets(place, { name: 'nowhere', patches: settings })
  await place.get(id, '/prod/pets/1')
  expect(await place.page('/_sluice/metrics')).toContain('\nsluice_log_lines_dropped_total 1\n')
  await place.gateway.close()
})

function deliveries(more: object = {}) {
  const said: string[] = []
  const aws = createSignedAws({
    upstream,
    clock: systemClock,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret', sessionToken: undefined },
    endpoints: new Map([['FIREHOSE', endpoint]]),
  })
  const log = createLog('warn', (line) => said.push(line))
  return { said, made: createFirehoseDeliveries({ aws, log, retryMs: 1, ...more }) }
}

test('a batch is signed, and has at most 500 records and 4 MB', async () => {
  const { made } = deliveries()
  for (let line = 0; line < 1_100; line++) made.write(stream, `line ${line}`)
  for (let line = 0; line < 9; line++) made.write(stream, 'x'.repeat(900_000))
  await made.close()
  expect(puts.map(({ lines }) => lines.length)).toEqual([500, 500, 104, 4, 1])
  expect(puts.flatMap(({ lines }) => lines).slice(0, 1_100)).toEqual(
    Array.from({ length: 1_100 }, (_, index) => `line ${index}\n`),
  )
  for (const { authorization } of puts) expect(authorization).toContain('/eu-west-1/firehose/aws4_request')
  expect(made.dropped()).toBe(0)
})

test('what is refused in a batch is sent again, alone; what fails three times is dropped and told of', async () => {
  const busy = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }
  answers = [
    { status: 200, body: { FailedPutCount: 1, RequestResponses: [{ RecordId: '1' }, busy] } },
    { status: 500, body: {} },
    { status: 200, body: { FailedPutCount: 1, RequestResponses: [busy] } },
  ]
  const { made, said } = deliveries()
  made.write(stream, 'a')
  made.write(stream, 'b')
  await made.close()
  expect(puts.map(({ lines }) => lines)).toEqual([['a\n', 'b\n'], ['b\n'], ['b\n']])
  expect(made.dropped()).toBe(1)
  expect(JSON.parse(said[0] ?? '')).toMatchObject({
    level: 'warn',
    dropped: 1,
    why: 'ServiceUnavailableException: Slow down.',
  })
})

test('a stream that is not there is asked once; what waits has its bounds', async () => {
  answers = [{ status: 400, body: { __type: 'ResourceNotFoundException' } }]
  const { made, said } = deliveries({ maximumWaitingBytes: 6 })
  for (const line of ['aa', 'bb', 'cc']) made.write(stream, line)
  made.write(stream, 'x'.repeat(2_000_000))
  await made.close()
  expect(puts).toHaveLength(1)
  expect(made.dropped()).toBe(4)
  expect(said).toHaveLength(1)
})
