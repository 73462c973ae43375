// Frame sizes counted as bytes arrive.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameMeter } from './frame-meter.ts'
import { frame } from './raw-client.ts'

const limit = 200

test('finds every frame that is too long, however the bytes are cut', () => {
  const frames = fc.array(
    fc.record({
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
      length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 127, 65_535, 65_536)),
      masked: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }),
      (parts, cuts) => {
        const bytes = Buffer.concat(
          parts.map(({ opcode, length, masked }) => frame({ opcode, masked, payload: new Uint8Array(length) })),
        )
        let found = 0
        const meter = new FrameMeter(limit, () => found++)
        let from = 0
        for (let turn = 0; from < bytes.length; turn++) {
          const length = cuts[turn % cuts.length] ?? 1
          meter.measure(bytes.subarray(from, from + length))
          from += length
        }
        expect(found).toBe(parts.filter(({ opcode, length }) => opcode < 8 && length > limit).length)
      },
    ),
    { numRuns: 60 },
  )
})

test('speaks before the payload comes', () => {
  let found = 0
  const meter = new FrameMeter(limit, () => found++)
  meter.measure(frame({ opcode: 1, declaredBytes: limit }))
  expect(found).toBe(0)
  const other = new FrameMeter(limit, () => found++)
  other.measure(frame({ opcode: 1, declaredBytes: limit + 1 }))
  expect(found).toBe(1)
})
