// Traces on real SQLite: the contract of every keeper of traces, what outlives the process, bounds, and a disk that refuses.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { segment, tracesContract } from '../ports/traces.contract.ts'
import { VirtualClock } from './clocks.ts'
import { createSqliteTraces, type SqliteTracesOptions } from './sqlite-traces.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-traces-'))
afterAll(() => rmSync(folder, { recursive: true }))

const scope = { account: '000000000000', region: 'us-east-1' }
const startMs = 1_795_161_600_000
let files = 0

function open(options: Partial<SqliteTracesOptions> = {}) {
  const clock = new VirtualClock(startMs)
  const said: string[] = []
  const file = join(folder, `${++files}.db`)
  const log = createLog('warn', (line) => said.push(line))
  return { clock, said, file, traces: createSqliteTraces({ file, clock, log, ...options }) }
}

tracesContract('SQLite', () => open({ maximumBytes: 12_000_000, maximumWaitingChars: 1_000_000_000 }))

test('traces outlive the process', () => {
  const first = open()
  first.traces.put(scope, segment('1-a', 'x'))
  first.traces.close()
  const second = open({ file: first.file })
  expect(second.traces.find(scope, '1-a')).toEqual({ id: '1-a', segments: [segment('1-a', 'x')] })
  second.traces.close()
})

test('segments are written by and by, without anybody asking', async () => {
  const { traces, file } = open()
  for (let each = 0; each < 250; each++) traces.put(scope, segment(`1-${each}`, 'x'))
  await expect.poll(() => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(50_000)
  traces.close()
})

test('what expired is removed within the hour', () => {
  const { traces, clock, file } = open()
  traces.put(scope, segment('1-a', 'x'))
  expect(traces.find(scope, '1-a')).toMatchObject({ segments: [{ trace_id: '1-a' }] })
  clock.advance(31 * 86_400_000)
  traces.close()
  // On a clock that stands before the expiry the trace would be there, were it still in the file.
  const again = open({ file })
  expect(again.traces.find(scope, '1-a')).toBeUndefined()
  again.traces.close()
})

test('segments that come faster than they can be written are dropped, counted, and told once', () => {
  const { traces, said } = open({ maximumWaitingChars: 1_000 })
  for (let each = 0; each < 20; each++) traces.put(scope, segment(`1-${each}`, 'x'))
  expect(traces.dropped).toBeGreaterThan(5)
  expect(said).toHaveLength(1)
  expect(traces.page({ scope, fromSeconds: 0, toSeconds: startMs, limit: 100 }).length + traces.dropped).toBe(20)
  traces.close()
})

test('a file that cannot be opened costs the segments, never a request', () => {
  const blocked = join(folder, 'blocked')
  writeFileSync(blocked, 'no folder')
  const { traces, said } = open({ file: join(blocked, 'traces.db') })
  traces.put(scope, segment('1-a', 'x'))
  traces.close()
  expect(traces.dropped).toBe(1)
  expect(said.join()).toContain('could not be written')
})
