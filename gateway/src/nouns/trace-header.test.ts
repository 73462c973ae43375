// X-Amzn-Trace-Id in every form that clients send.
import { describe, expect, test } from 'vitest'
import { formatTraceHeader, newTraceId, parseTraceHeader } from './trace-header.ts'

const root = '1-5759e988-bd862e3fe1be46a994272793'
const parent = '53995c3f42cd8ad8'

describe('trace headers', () => {
  test.each<[string | undefined, ReturnType<typeof parseTraceHeader>]>([
    [undefined, { root: undefined, parent: undefined, sampled: undefined, rest: [] }],
    [`Root=${root};Parent=${parent};Sampled=1`, { root, parent, sampled: true, rest: [] }],
    [`sampled=0; root=${root}`, { root, parent: undefined, sampled: false, rest: [] }],
    [
      `Root=${root};Sampled=?;Lineage=a:1;Self=x`,
      { root, parent: undefined, sampled: undefined, rest: ['Lineage=a:1', 'Self=x'] },
    ],
    ['Root=nonsense;Parent=1', { root: undefined, parent: undefined, sampled: undefined, rest: [] }],
    [`Root=${root};${'x'.repeat(256)}`, { root: undefined, parent: undefined, sampled: undefined, rest: [] }],
  ])('%s', (text, expected) => {
    expect(parseTraceHeader(text)).toEqual(expected)
  })

  test('are put together in AWS’s order, unknown fields kept', () => {
    const header = parseTraceHeader(`Lineage=a:1;Sampled=1;Parent=${parent};Root=${root}`)
    expect(formatTraceHeader({ ...header, root })).toBe(`Root=${root};Parent=${parent};Sampled=1;Lineage=a:1`)
  })

  test('a new trace id begins with its second', () => {
    expect(newTraceId(0x5759e988 * 1000 + 999, 'bd862e3fe1be46a994272793')).toBe(root)
  })
})
