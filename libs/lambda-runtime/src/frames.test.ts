// The framing survives every way a stream may be cut, and lengths that lie.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeInvoke, FrameReader } from './frames.ts'

function frame(kind: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length, 0)
  head[4] = kind
  return Buffer.concat([head, body])
}

function readAll(limitBytes: number, chunks: readonly Buffer[]): [number, string | undefined][] {
  const frames: [number, string | undefined][] = []
  const reader = new FrameReader(limitBytes, (kind, body) => frames.push([kind, body?.toString('hex')]))
  for (const chunk of chunks) reader.feed(chunk)
  return frames
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let offset = 0
  for (const size of sizes) {
    chunks.push(bytes.subarray(offset, offset + size))
    offset += size
  }
  return [...chunks, bytes.subarray(offset)]
}

describe('FrameReader', () => {
  test('gives the same frames however the bytes arrive', () => {
    const frames = fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 })))
    const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 })
    fc.assert(
      fc.property(frames, sizes, (sent, sizes) => {
        const bytes = Buffer.concat(sent.map(([kind, body]) => frame(kind, body)))
        const limitBytes = 30
        const expected = sent.map(([kind, body]) => [
          kind,
          body.length > limitBytes ? undefined : Buffer.from(body).toString('hex'),
        ])
        expect(readAll(limitBytes, cut(bytes, sizes))).toEqual(expected)
      }),
    )
  })

  test('reports a frame that claims 4 GB once and keeps none of it', () => {
    const head = Buffer.from([0xff, 0xff, 0xff, 0xff, 3])
    expect(readAll(1000, [head, Buffer.alloc(100_000), Buffer.alloc(100_000)])).toEqual([[3, undefined]])
  })
})

describe('encodeInvoke', () => {
  const request = {
    requestId: 'r1',
    invokedFunctionArn: 'arn',
    traceHeader: undefined,
    clientContext: '{"é":1}',
    cognitoIdentity: undefined,
  }

  test.each([0, 10, 65_536, 65_537, 200_000])('carries a payload of %d bytes', (payloadBytes) => {
    const payload = Buffer.alloc(payloadBytes, 7)
    const bytes = Buffer.concat(encodeInvoke({ ...request, payload }, 1234))
    expect(bytes.readUInt32BE(0)).toBe(bytes.length - 5)
    expect(bytes[4]).toBe(1)
    const endOfMetadata = 9 + bytes.readUInt32BE(5)
    expect(JSON.parse(bytes.toString('utf8', 9, endOfMetadata))).toEqual({
      requestId: 'r1',
      deadlineMs: 1234,
      arn: 'arn',
      clientContext: '{"é":1}',
    })
    expect(bytes.subarray(endOfMetadata).equals(payload)).toBe(true)
  })
})
