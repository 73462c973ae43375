// Platform lines are written as Lambda writes them; the tail and the line splitter keep their bounds.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineSplitter, LogTail, logStreamName, reportLine, timeoutLine } from './log.ts'

const report = {
  requestId: 'ID',
  durationMs: 1.234,
  memoryMb: 128,
  maxMemoryUsedMb: 60,
  initDurationMs: undefined,
  platformErrorType: undefined,
}

describe('platform lines', () => {
  test('REPORT has its fields parted by tabs', () => {
    expect(reportLine(report)).toBe(
      'REPORT RequestId: ID\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t',
    )
  })

  test('REPORT of a cold start has the init duration', () => {
    expect(reportLine({ ...report, initDurationMs: 100 })).toMatch(/\tInit Duration: 100\.00 ms\t$/)
  })

  test('REPORT names a time-out and an error of the sandbox', () => {
    expect(reportLine({ ...report, platformErrorType: 'Sandbox.Timedout' })).toMatch(/MB\tStatus: timeout\t$/)
    expect(reportLine({ ...report, platformErrorType: 'Runtime.ExitError' })).toMatch(
      /\tStatus: error\tError Type: Runtime\.ExitError\t$/,
    )
  })

  test('a time-out has a line of its own', () => {
    const line = timeoutLine('ID', 3000, new Date('2026-11-20T07:00:00Z'))
    expect(line).toBe('2026-11-20T07:00:00.000Z ID Task timed out after 3.00 seconds')
  })

  test('a log stream is named by day, version and a random number', () => {
    expect(logStreamName('$LATEST', new Date('2026-11-20T07:00:00Z'))).toMatch(
      /^2026\/11\/20\/\[\$LATEST\][0-9a-f]{32}$/,
    )
  })
})

describe('LogTail', () => {
  test('gives all of a short log', () => {
    const tail = new LogTail()
    tail.add('one')
    tail.add('two')
    expect(tail.text()).toBe('one\ntwo\n')
  })

  test('gives the end of any log, at most 4,096 bytes and whole characters', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 1500 }), { maxLength: 12 }), (lines) => {
        const tail = new LogTail()
        for (const line of lines) tail.add(line)
        const whole = lines.map((line) => `${line}\n`).join('')
        const text = tail.text()
        const bytes = Buffer.byteLength(text)
        expect(whole.endsWith(text)).toBe(true)
        expect(bytes).toBeLessThanOrEqual(4096)
        expect(bytes).toBeGreaterThanOrEqual(Math.min(4093, Buffer.byteLength(whole)))
      }),
      { numRuns: 50 },
    )
  })
})

describe('LineSplitter', () => {
  test('gives the same lines however the bytes arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z\n]{0,12}$/)), (pieces) => {
        const lines: string[] = []
        const splitter = new LineSplitter(1000, (line) => lines.push(line))
        for (const piece of pieces) splitter.feed(Buffer.from(piece))
        splitter.flush()
        const expected = pieces.join('').split('\n')
        if (expected.at(-1) === '') expected.pop()
        expect(lines).toEqual(expected)
      }),
    )
  })

  test('cuts a line without end at the limit', () => {
    const lines: string[] = []
    const splitter = new LineSplitter(4, (line) => lines.push(line))
    splitter.feed(Buffer.from('abcdefgh'))
    splitter.feed(Buffer.from('ij\nk\n'))
    expect(lines).toEqual(['abcd', 'efgh', 'ij', 'k'])
  })
})
