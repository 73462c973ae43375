// Framed events: a known frame, streams cut anywhere, damage.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encode } from '../encode.ts'
import { loadNamed, request } from '../fixture.ts'
import { readEvents, writeEvents } from './event-stream.ts'
import type { StructureType } from '../type.ts'

const lambda = loadNamed('lambda')
const path = 'POST /2021-11-15/functions/f/response-streaming-invocations'

function eventType(): StructureType {
  const type = lambda.operations.get('InvokeWithResponseStream')?.output?.payload?.type
  if (type?.kind !== 'structure') throw new Error('no event stream')
  return type
}

async function* eachOf<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const chunk = { PayloadChunk: { Payload: new TextEncoder().encode('hello') } }

test('an event is prelude, headers, payload and checksums', async () => {
  const [frame] = await collect(writeEvents(eventType(), eachOf([chunk])))
  const bytes = Buffer.from(frame ?? [])
  expect(bytes.length).toBe(bytes.readUInt32BE(0))
  expect(bytes.toString('latin1', 12, 12 + bytes.readUInt32BE(4))).toBe(
    '\x0b:event-type\x07\x00\x0cPayloadChunk\x0d:content-type\x07\x00\x18application/octet-stream\x0d:message-type\x07\x00\x05event',
  )
  expect(bytes.subarray(12 + bytes.readUInt32BE(4), -4).toString()).toBe('hello')
})

test('an operation answers its stream as it comes', async () => {
  const match = lambda.match(request(path))
  if (match === undefined) throw new Error('no match')
  const answer = encode(
    match,
    { StatusCode: 200, EventStream: eachOf([chunk, { InvokeComplete: {} }]) },
    { requestId: 'r' },
  )
  expect(answer.headers['Content-Type']).toBe('application/vnd.amazon.eventstream')
  const events = await collect(readEvents(eventType(), answer.body as AsyncIterable<Uint8Array>))
  expect(events).toEqual([chunk, { InvokeComplete: {} }])
})

test('streams are read however they are cut', async () => {
  const event = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((Payload) => ({ PayloadChunk: { Payload } })),
    fc.string().map((ErrorCode) => ({ InvokeComplete: { ErrorCode } })),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), async (events, size) => {
      const bytes = Buffer.concat(await collect(writeEvents(eventType(), eachOf(events))))
      const pieces: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += size) pieces.push(new Uint8Array(bytes.subarray(at, at + size)))
      expect(await collect(readEvents(eventType(), eachOf(pieces)))).toEqual(events)
    }),
  )
})

test('damage is noticed, whichever byte it hits', async () => {
  const [frame = new Uint8Array()] = await collect(writeEvents(eventType(), eachOf([chunk])))
  for (let at = 0; at < frame.length; at += 1) {
    const damaged = frame.slice()
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await expect(collect(readEvents(eventType(), eachOf([damaged])))).rejects.toThrow(/broken prelude|wrong checksum/)
  }
  await expect(collect(readEvents(eventType(), eachOf([frame.slice(0, -1)])))).rejects.toThrow('ends within an event')
})
