// What every keeper of traces has to do: the suite that each adapter runs against itself.
import { describe, expect, test } from 'vitest'
import type { Scope } from '../nouns/records.ts'
import type { Clock } from './clock.ts'
import { keptSeconds, mostSegments, type SegmentDocument, type Traces } from './traces.ts'

const scope: Scope = { account: '000000000000', region: 'us-east-1' }
const startSeconds = 1_795_161_600

export function segment(traceId: string, id: string, more: Partial<SegmentDocument> = {}): SegmentDocument {
  return { id, name: 'pets/prod', trace_id: traceId, start_time: startSeconds, end_time: startSeconds + 1, ...more }
}

type MovableClock = Clock & { advance(milliseconds: number): void }

/** `open` gives a new, empty keeper each time, on a clock that stands at 2026-11-20T08:00:00Z, with room for 100 traces of 100 KB. */
export function tracesContract(name: string, open: () => { traces: Traces; clock: MovableClock }): void {
  const withTraces = (title: string, body: (traces: Traces, clock: MovableClock) => void): void => {
    test(title, () => {
      const { traces, clock } = open()
      try {
        body(traces, clock)
      } finally {
        traces.close()
      }
    })
  }
  const idsOf = (traces: Traces, query: Partial<Parameters<Traces['page']>[0]> = {}): readonly string[] =>
    traces
      .page({ scope, fromSeconds: startSeconds, toSeconds: startSeconds + 10, limit: 100, ...query })
      .map(({ id }) => id)

  describe(`${name} as a keeper of traces`, () => {
    withTraces('gives back whole documents in order of arrival, and undefined for an unknown trace', (traces) => {
      const odd = segment('1-a', 'y', { annotations: JSON.parse('{"__proto__":"mine"}') as Record<string, string> })
      traces.put(scope, segment('1-a', 'z', { subsegments: [{ id: 's', name: 'Lambda', start_time: 1 }] }))
      traces.put(scope, odd)
      expect(traces.find(scope, '1-a')?.segments.map((each) => JSON.stringify(each))).toEqual([
        JSON.stringify(segment('1-a', 'z', { subsegments: [{ id: 's', name: 'Lambda', start_time: 1 }] })),
        JSON.stringify(odd),
      ])
      expect(traces.find(scope, '1-b')).toBeUndefined()
      expect(traces.dropped).toBe(0)
    })

    withTraces('a segment with the same id takes the place of the one before', (traces) => {
      traces.put(scope, segment('1-a', 'x', { end_time: undefined }))
      traces.put(scope, segment('1-a', 'y'))
      traces.put(scope, segment('1-a', 'x', { name: 'done' }))
      expect(traces.find(scope, '1-a')?.segments.map(({ id, name: called }) => [id, called])).toEqual([
        ['x', 'done'],
        ['y', 'pets/prod'],
      ])
    })

    withTraces('keeps accounts and regions apart', (traces) => {
      traces.put(scope, segment('1-a', 'x'))
      for (const elsewhere of [
        { ...scope, account: '111111111111' },
        { ...scope, region: 'eu-west-1' },
      ]) {
        expect(traces.find(elsewhere, '1-a')).toBeUndefined()
        expect(idsOf(traces, { scope: elsewhere })).toEqual([])
      }
    })

    withTraces('finds what was running between two times, bounds included', (traces) => {
      traces.put(scope, segment('1-a', 'x', { start_time: startSeconds - 5, end_time: startSeconds - 1 }))
      traces.put(scope, segment('1-b', 'x', { start_time: startSeconds - 5, end_time: startSeconds }))
      traces.put(scope, segment('1-c', 'x', { start_time: startSeconds + 10, end_time: startSeconds + 99 }))
      traces.put(scope, segment('1-d', 'x', { start_time: startSeconds + 11, end_time: startSeconds + 99 }))
      expect(idsOf(traces)).toEqual(['1-b', '1-c'])
      traces.put(scope, segment('1-a', 'y', { start_time: startSeconds, end_time: startSeconds + 1 }))
      traces.put(scope, segment('1-d', 'y', { start_time: startSeconds, end_time: startSeconds + 1 }))
      expect(idsOf(traces)).toEqual(['1-a', '1-b', '1-c', '1-d'])
    })

    withTraces('gives pages in order of first arrival', (traces) => {
      for (const id of ['1-c', '1-a', '1-b', '1-c']) traces.put(scope, segment(id, 'x'))
      const page = traces.page({ scope, fromSeconds: 0, toSeconds: startSeconds, limit: 2 })
      expect(page.map(({ id, segments }) => [id, segments.length])).toEqual([
        ['1-c', 1],
        ['1-a', 1],
      ])
      expect(idsOf(traces, { after: page.at(-1)?.position })).toEqual(['1-b'])
    })

    withTraces('forgets a trace 30 days after its end', (traces, clock) => {
      traces.put(scope, segment('1-a', 'x'))
      clock.advance((keptSeconds + 1) * 1000)
      expect(idsOf(traces)).toEqual(['1-a'])
      clock.advance(1)
      expect(idsOf(traces)).toEqual([])
      expect(traces.find(scope, '1-a')).toBeUndefined()
      traces.put(scope, segment('1-a', 'y', { start_time: clock.now() / 1000, end_time: clock.now() / 1000 }))
      clock.advance(3_600_000)
      expect(traces.find(scope, '1-a')?.segments.at(-1)?.id).toBe('y')
    })

    withTraces('keeps a thousand segments of a trace, and counts the others', (traces) => {
      for (let each = 0; each < mostSegments + 2; each++) traces.put(scope, segment('1-a', `${each}`))
      traces.put(scope, segment('1-a', '0', { name: 'changed' }))
      const { segments = [] } = traces.find(scope, '1-a') ?? {}
      expect([segments.length, segments[0]?.name, traces.dropped]).toEqual([mostSegments, 'changed', 2])
    })

    withTraces('has bounds: the oldest traces go first', (traces) => {
      const user = 'x'.repeat(100_000)
      for (let each = 0; each < 600; each++) traces.put(scope, segment(`1-${each}`, 'x', { user }))
      const ids = idsOf(traces, { limit: 2_000 })
      expect(ids.length).toBeLessThanOrEqual(125)
      expect(ids.length).toBeGreaterThanOrEqual(90)
      expect(ids.at(-1)).toBe('1-599')
      expect(ids[0]).toBe(`1-${600 - ids.length}`)
    })
  })
}
