// JSON with a line for each entry says what JSON says, and others have their turns while it is written and read.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLined, linedJson as linedPieces, readLined as readPieces, takeFrom } from './lined-json.ts'

const linedJson = async (record: object): Promise<string> => [...(await linedPieces(record)).pieces].join('')
const readLined = (text: string): Promise<object> => readPieces({ pieces: [text] })

const snapshot = {
  format: 1,
  api: { name: 'pets', binaryMediaTypes: ['image/*', 'a,b'] },
  resources: [{ id: 'a', path: '/' }],
  models: [],
  missing: undefined,
  methods: [{ verb: 'GET' }, { verb: 'POST', template: 'two\nlines]' }],
}

test('every entry of the record’s lists is a line', async () => {
  expect(await linedJson(snapshot))
    .toBe(`{"format":1,"api":{"name":"pets","binaryMediaTypes":["image/*","a,b"]},"resources":[
{"id":"a","path":"/"}
],"models":[
],"methods":[
{"verb":"GET"},
{"verb":"POST","template":"two\\nlines]"}
]}`)
})

describe('what is read is what was written', () => {
  test('by readers of lines, and by readers of any JSON', async () => {
    const text = await linedJson(snapshot)
    const { missing: _missing, ...rest } = snapshot
    expect(await readLined(text)).toEqual(rest)
    expect(JSON.parse(text)).toEqual(rest)
  })

  test('whatever the lists hold', async () => {
    const list = fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.array(fc.jsonValue())))
    await fc.assert(
      fc.asyncProperty(fc.record({ a: list, b: fc.jsonValue(), c: list }), async (record) => {
        const text = await linedJson(record)
        const plain = JSON.parse(JSON.stringify(record)) as object
        expect(text.replaceAll('\n', '')).toBe(JSON.stringify(record))
        expect(await readLined(text)).toEqual(plain)
      }),
    )
  })

  test('a record without members', async () => {
    expect(await linedJson({})).toBe('{}')
    expect(await readLined('{}')).toEqual({})
  })
})

test('entries go to who takes them, in their order, and the rest is as it was', async () => {
  const text = await linedJson(snapshot)
  const taken: unknown[] = []
  const methods = (entry: unknown): number => taken.push(entry)
  const { missing: _missing, ...rest } = snapshot
  expect(await readPieces({ pieces: [text] }, { methods })).toEqual({ ...rest, methods: [] })
  expect(taken).toEqual(snapshot.methods)
  expect(takeFrom(snapshot, { methods })).toEqual({ ...snapshot, methods: [] })
  expect(taken).toEqual([...snapshot.methods, ...snapshot.methods])
})

test('lists may be there only as they are gone through', async () => {
  const methods = snapshot.methods.values()
  expect(await linedJson({ ...snapshot, methods })).toBe(await linedJson(snapshot))
})

test('JSON of one line is known as such', async () => {
  expect(isLined(JSON.stringify(snapshot))).toBe(false)
  expect(isLined(await linedJson(snapshot))).toBe(true)
})

test('others have their turns', async () => {
  const methods = Array.from({ length: 50_000 }, (_, index) => ({
    id: String(index),
    templates: { a: 'b'.repeat(50) },
  }))
  let turns = 0
  const turning = setInterval(() => turns++, 0)
  const text = await linedJson({ methods })
  expect(turns).toBeGreaterThan(0)
  turns = 0
  expect(await readLined(text)).toEqual({ methods })
  clearInterval(turning)
  expect(turns).toBeGreaterThan(0)
})
