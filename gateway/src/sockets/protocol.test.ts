// The WebSocket protocol as the gateway speaks it, case by case after the chapters of the Autobahn list, against an echo.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closing, frame, openingRequest, opcodes, RawClient, type FrameParts } from './raw-client.ts'
import { openPlace, type Place } from './testing.ts'
import { createSocketApi, serverProxy } from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect, type Client } from './testing-client.ts'

let place: Place
let backend: Backend
let path: string
/** Connected all the time: nobody else's mistakes may disturb it. */
let bystander: Client

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend()
  const id = await createSocketApi(place, { routes: { $default: { ...serverProxy(backend.url), isTwoWay: true } } })
  path = `/_aws/execute-api/${id}/dev`
  bystander = await connect(place, id)
})

afterAll(async () => {
  expect(await bystander.ask('undisturbed')).toBe('undisturbed')
  await bystander.close()
  expect(place.core.sockets.counts().open).toBe(0)
  await place.close()
  await backend.close()
})

const { text, binary, continuation, close, ping, pong } = opcodes

async function opened(): Promise<RawClient> {
  const { client, head } = await RawClient.open(place.port, openingRequest(path))
  expect(head).toMatch(/^HTTP\/1\.1 101 /)
  return client
}

/** Sends, and gives the texts of the messages that come back. */
async function echoed(frames: readonly FrameParts[], count = 1): Promise<string[]> {
  const client = await opened()
  client.send(...frames)
  const texts: string[] = []
  while (texts.length < count) {
    const next = await client.next()
    if (next === undefined || next.opcode === close) break
    if (next.opcode === text) texts.push(next.payload.toString())
  }
  client.send({ opcode: close, payload: closing(1000) })
  await client.closeCode()
  client.close()
  return texts
}

/** Sends, and gives the code that the server ends the connection with. */
async function refused(...frames: readonly (FrameParts | Buffer)[]): Promise<number | undefined> {
  const client = await opened()
  client.send(...frames)
  const code = await client.closeCode()
  client.close()
  return code
}

describe('1: framing of messages', () => {
  test.for([1, 125, 126, 127, 128, 65_535, 65_536].filter((length) => length <= 32_768))(
    'a text of %i bytes comes back',
    async (length) => {
      expect(await echoed([{ opcode: text, payload: '*'.repeat(length) }])).toEqual(['*'.repeat(length)])
    },
  )

  test('a text that comes byte by byte comes back', async () => {
    const client = await opened()
    await client.dribble(frame({ opcode: text, payload: '*'.repeat(130) }))
    expect((await client.next())?.payload.toString()).toBe('*'.repeat(130))
    client.close()
  })

  test('an empty message is handled, and its empty echo says nothing', async () => {
    expect(
      await echoed([
        { opcode: text, payload: '' },
        { opcode: text, payload: 'next' },
      ]),
    ).toEqual(['next'])
  })

  test.for([0, 1, 125, 126])('a binary message of %i bytes is refused with 1003', async (length) => {
    expect(await refused({ opcode: binary, payload: '*'.repeat(length) })).toBe(1003)
  })
})

describe('2: pings and pongs', () => {
  test.for(['', 'hello', '\u0000\u00ff\u00fe', 'x'.repeat(125)])(
    'a ping with %j is answered with it',
    async (payload) => {
      const client = await opened()
      client.send({ opcode: ping, payload })
      const answer = await client.next()
      expect(answer?.opcode).toBe(pong)
      expect(answer?.payload.toString()).toBe(payload)
      client.close()
    },
  )

  test('a ping of 126 bytes ends the connection with 1002', async () => {
    expect(await refused({ opcode: ping, payload: 'x'.repeat(126) })).toBe(1002)
  })

  test('a pong that nobody asked for is ignored', async () => {
    expect(
      await echoed([
        { opcode: pong, payload: 'unasked' },
        { opcode: text, payload: 'hello' },
      ]),
    ).toEqual(['hello'])
  })

  test('ten pings are answered in their order, also when they come byte by byte', async () => {
    const client = await opened()
    const pings = Array.from({ length: 10 }, (_, index) => frame({ opcode: ping, payload: `ping ${index}` }))
    await client.dribble(Buffer.concat(pings))
    for (let index = 0; index < 10; index++) expect((await client.next())?.payload.toString()).toBe(`ping ${index}`)
    client.close()
  })

  test('a hundred pings in one packet are all answered', async () => {
    const client = await opened()
    client.send(...Array.from({ length: 100 }, (_, index) => ({ opcode: ping, payload: `${index}` })))
    for (let index = 0; index < 100; index++) expect((await client.next())?.payload.toString()).toBe(`${index}`)
    client.close()
  })
})

describe('3: reserved bits', () => {
  test.for([1, 2, 3, 4, 5, 6, 7])('%i of them, on a text: 1002', async (reserved) => {
    expect(await refused({ opcode: text, payload: 'hello', reserved })).toBe(1002)
  })

  test.for([ping, close])('on a control frame (opcode %i): 1002', async (opcode) => {
    expect(await refused({ opcode, reserved: 4 })).toBe(1002)
  })
})

describe('4: opcodes that mean nothing', () => {
  test.for([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])('%i: 1002, and the message before it is answered', async (opcode) => {
    const client = await opened()
    client.send({ opcode: text, payload: 'first' })
    expect((await client.next())?.payload.toString()).toBe('first')
    client.send({ opcode })
    expect(await client.closeCode()).toBe(1002)
    client.close()
  })
})

describe('5: fragments', () => {
  test.for([ping, pong, close])('of a control frame (opcode %i): 1002', async (opcode) => {
    expect(await refused({ opcode, fin: false, payload: 'part' }, { opcode: continuation, payload: 'rest' })).toBe(1002)
  })

  test('of a text make one message, with pings between them', async () => {
    const client = await opened()
    client.send(
      { opcode: text, fin: false, payload: 'one ' },
      { opcode: ping, payload: 'between' },
      { opcode: continuation, fin: false, payload: 'two ' },
      { opcode: continuation, payload: 'three' },
    )
    expect(await client.next()).toMatchObject({ opcode: pong })
    expect((await client.next())?.payload.toString()).toBe('one two three')
    client.close()
  })

  test('that are empty count for nothing', async () => {
    expect(
      await echoed([
        { opcode: text, fin: false },
        { opcode: continuation, fin: false, payload: 'middle' },
        { opcode: continuation },
      ]),
    ).toEqual(['middle'])
  })

  test.for([true, false])('a continuation of nothing (final: %s): 1002', async (fin) => {
    expect(await refused({ opcode: continuation, fin, payload: 'of what' })).toBe(1002)
  })

  test('a new message inside another: 1002', async () => {
    expect(await refused({ opcode: text, fin: false, payload: 'one' }, { opcode: text, payload: 'two' })).toBe(1002)
  })

  test('more than 4,096 of them in one message: 1008', async () => {
    const part = frame({ opcode: continuation, fin: false, payload: 'x' })
    const parts = Array.from({ length: 4_097 }, () => part)
    expect(await refused({ opcode: text, fin: false, payload: 'x' }, ...parts)).toBe(1008)
  })
})

describe('6: UTF-8', () => {
  const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(' ', ''), 'hex')

  test.for([
    ['Hello-µ@ßöäüàá-UTF-8!!', 'text'],
    ['κόσμε', 'Greek'],
    ['\u{10ffff}', 'the last code point'],
    ['\u0000', 'the first'],
    ['\ufffd\ufffe\uffff', 'code points that are no characters'],
    ['𐀀😀', 'four bytes each'],
  ] as const)('%s comes back: %s', async ([payload]) => {
    expect(await echoed([{ opcode: text, payload }])).toEqual([payload])
  })

  test('a character that is cut by fragments comes back whole', async () => {
    const [first, second, third] = [hex('f0 9f'), hex('98'), hex('80')]
    expect(
      await echoed([
        { opcode: text, fin: false, payload: first },
        { opcode: continuation, fin: false, payload: second },
        { opcode: continuation, payload: third },
      ]),
    ).toEqual(['😀'])
  })

  test.for([
    ['ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64', 'a surrogate'],
    ['80', 'a continuation byte alone'],
    ['bf bf bf bf', 'nothing but continuation bytes'],
    ['c0 af', 'an overlong form of two bytes'],
    ['e0 80 af', 'of three'],
    ['f0 80 80 af', 'of four'],
    ['f4 90 80 80', 'beyond the last code point'],
    ['f8 88 80 80 80', 'five bytes'],
    ['fe', 'a byte that is never in it'],
    ['c3', 'a character that is not finished'],
    ['e2 82', 'nor this one'],
  ] as const)('%s is refused with 1007: %s', async ([bytes]) => {
    expect(await refused({ opcode: text, payload: hex(bytes) })).toBe(1007)
  })

  test('bytes that are wrong in a fragment are refused with 1007', async () => {
    expect(
      await refused({ opcode: text, fin: false, payload: 'good' }, { opcode: continuation, payload: hex('ed a0 80') }),
    ).toBe(1007)
  })
})

describe('7: closing', () => {
  test('a close frame is answered with its code, and nothing after it is heard', async () => {
    const client = await opened()
    client.send(
      { opcode: text, payload: 'before' },
      { opcode: close, payload: closing(1000, 'bye') },
      { opcode: text, payload: 'after' },
    )
    const codes: (number | undefined)[] = [await client.closeCode()]
    expect(codes).toEqual([1000])
    expect(await client.next()).toBeUndefined()
    client.close()
  })

  test('an empty one with an empty one', async () => {
    expect(await refused({ opcode: close })).toBe(1005)
  })

  test.for([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])(
    'code %i comes back',
    async (code) => {
      expect(await refused({ opcode: close, payload: closing(code, 'reason') })).toBe(code)
    },
  )

  test.for([0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535])(
    'code %i is refused with 1002',
    async (code) => {
      expect(await refused({ opcode: close, payload: closing(code) })).toBe(1002)
    },
  )

  test('a payload of one byte: 1002', async () => {
    expect(await refused({ opcode: close, payload: 'x' })).toBe(1002)
  })

  test('a reason of 123 bytes is taken, one of 124 refused with 1002', async () => {
    expect(await refused({ opcode: close, payload: closing(1000, 'x'.repeat(123)) })).toBe(1000)
    expect(await refused({ opcode: close, payload: closing(1000, 'x'.repeat(124)) })).toBe(1002)
  })

  test('a reason that is no UTF-8: 1007', async () => {
    expect(await refused({ opcode: close, payload: closing(1000, Buffer.from([0xce, 0xba, 0xed, 0xa0, 0x80])) })).toBe(
      1007,
    )
  })
})

describe('9: limits', () => {
  test('a frame that only says that it is large is refused with 1009 before a byte of it comes', async () => {
    for (const declaredBytes of [32_769, 65_536, 2 ** 40]) {
      expect(await refused(frame({ opcode: text, declaredBytes }))).toBe(1009)
    }
  })

  test('a length beyond what a number can be is refused with 1009', async () => {
    expect(await refused(Buffer.from('81ff7fffffffffffffff12345678', 'hex'))).toBe(1009)
  })

  test.for([64, 256, 1_024, 4_096, 16_384])('128 KB in fragments of %i bytes come back', async (length) => {
    const count = (128 * 1024) / length
    const frames = Array.from({ length: count }, (_, index) => ({
      opcode: index === 0 ? text : continuation,
      fin: index === count - 1,
      payload: 'x'.repeat(length),
    }))
    const client = await opened()
    client.send(...frames)
    let bytes = 0
    while (bytes < 128 * 1024) bytes += (await client.next())?.payload.length ?? Number.NaN
    expect(bytes).toBe(128 * 1024)
    client.close()
  })

  test('no mask: 1002', async () => {
    expect(await refused({ opcode: text, payload: 'hello', masked: false })).toBe(1002)
  })
})

describe('10: many small messages', () => {
  test('a thousand in one packet come back in their order', async () => {
    const client = await opened()
    client.send(...Array.from({ length: 1_000 }, (_, index) => ({ opcode: text, payload: `${index}` })))
    for (let index = 0; index < 1_000; index++) expect((await client.next())?.payload.toString()).toBe(`${index}`)
    client.close()
  })
})

describe('compression', () => {
  test('is not agreed to, and a compressed frame is refused with 1002', async () => {
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' }
    const { client, head } = await RawClient.open(place.port, openingRequest(path, offer))
    expect(head.toLowerCase()).not.toContain('sec-websocket-extensions')
    client.send({ opcode: text, payload: Buffer.from('f248cdc9c907', 'hex'), reserved: 4 })
    expect(await client.closeCode()).toBe(1002)
    client.close()
  })
})
