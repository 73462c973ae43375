// Answers as bytes: the same bytes mean the same answer however they are cut, and mean it to another HTTP client too.
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { llhttp } from './llhttp.ts'
import { ResponseParser } from './response-parser.ts'

interface Parsed {
  readonly status: number
  readonly headers: string[]
  readonly body: string
}

/** What a call gets when the backend sends these chunks and ends; undefined when that is no answer. */
function parse(chunks: readonly Buffer[], method = 'GET'): Parsed | undefined {
  let status = 0
  let headers: string[] = []
  const body: Buffer[] = []
  let isComplete = false
  const parser = new ResponseParser(llhttp(), {
    onHead: (code, raw) => {
      status = code
      headers = raw
    },
    onBody: (bytes) => void body.push(Buffer.from(bytes)),
    onComplete: () => (isComplete = true),
  })
  parser.expect(method)
  for (const chunk of chunks) if (isComplete || !parser.read(chunk)) break
  if (!isComplete) parser.finish()
  parser.free()
  return isComplete ? { status, headers, body: Buffer.concat(body).toString('latin1') } : undefined
}

function cut(text: string, at: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index])).filter((part) => part.length > 0)
}

const part = (text: string): fc.Arbitrary<string> => fc.constant(text)
const statusLine = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(200, 201, 204, 304, 404, 500).map((code) => `HTTP/1.1 ${code} Reason\r\n`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('HTTP/1.0 200 OK\r\n', 'HTTP/1.1 200\r\n', 'HTTP/3.1 200 OK\r\n', 'http/1.1 200 OK\r\n'),
  },
  { weight: 1, arbitrary: part('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n') },
)
const header = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('X-One: 1\r\n', 'Empty:\r\n', 'X-Wide:   a b \t\r\n', 'Latin: \xe9\r\n') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('Connection: close\r\n', 'Connection: keep-alive\r\n', 'Keep-Alive: timeout=5\r\n'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Bad Name: 1\r\n',
      ': 1\r\n',
      'X-Fold: a\r\n b\r\n',
      'X-Bare: a\rb\r\n',
      'Nul: a\0b\r\n',
    ),
  },
)
const body = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`),
  fc
    .array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }), { maxLength: 3 })
    .map(
      (chunks) =>
        `Transfer-Encoding: chunked\r\n\r\n${chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`,
    ),
  part('Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n'),
  part('\r\nuntil the end'),
  fc.constantFrom(
    'Content-Length: 5\r\n\r\nabc',
    'Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    'Content-Length: -1\r\n\r\n',
    'Content-Length: 99999999999999999999\r\n\r\na',
    'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\nzz\r\n',
    'Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n',
    'Transfer-Encoding: gzip\r\n\r\nuntil the end',
  ),
)
const answer = fc
  .tuple(statusLine, fc.array(header, { maxLength: 4 }), body)
  .map(([first, headers, rest]) => first + headers.join('') + rest)

test('an answer is the same however it is cut', () => {
  fc.assert(
    fc.property(answer, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
      expect(parse(cut(text, places))).toEqual(parse([Buffer.from(text, 'latin1')]))
    }),
    { numRuns: 2000 },
  )
})

test('any bytes are an answer or none, and never an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }), (chunks) => {
      parse(chunks.map((chunk) => Buffer.from(chunk)))
      parse([Buffer.from('HTTP/1.1 200 OK\r\n'), ...chunks.map((chunk) => Buffer.from(chunk))])
    }),
    { numRuns: 2000 },
  )
})

/** The same through Node's own client and a real connection. */
async function askNode(text: string): Promise<Parsed | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(Buffer.from(text, 'latin1')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
    // Bytes behind the answer are an error after it, which is none of the answer's.
    request.on('error', () => {})
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const body: Buffer[] = []
    for await (const chunk of response as AsyncIterable<Buffer>) body.push(chunk)
    return {
      status: response.statusCode ?? 0,
      headers: response.rawHeaders,
      body: Buffer.concat(body).toString('latin1'),
    }
  } catch {
    return undefined
  } finally {
    server.close()
  }
}

test('an answer is what Node’s own client takes it for', async () => {
  await fc.assert(
    fc.asyncProperty(answer, async (text) => {
      expect(parse([Buffer.from(text, 'latin1')])).toEqual(await askNode(text))
    }),
    { numRuns: 150 },
  )
}, 20_000)

test('an answer to HEAD has no body, whatever length it names', () => {
  const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n')
  expect(parse([head], 'HEAD')).toEqual({ status: 200, headers: ['Content-Length', '5000'], body: '' })
  expect(parse([head], 'GET')).toBeUndefined()
})

test('a head of more than 16 KB is no answer', () => {
  const long = (length: number): Buffer => Buffer.from(`HTTP/1.1 204 No Content\r\nX: ${'a'.repeat(length)}\r\n\r\n`)
  expect(parse([long(16_383)])?.headers[1]).toHaveLength(16_383)
  expect(parse([long(16_384)])).toBeUndefined()
})

test('an upgrade that nobody asked for is no answer', () => {
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'
  expect(parse([Buffer.from(upgrade), Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')])).toBeUndefined()
})
