// Log groups on real SQLite: order, retention, bounds, and a disk that refuses.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import type { LogQuery } from '../ports/logs.ts'
import { VirtualClock } from './clocks.ts'
import { createSqliteLogs, type SqliteLogsOptions } from './sqlite-logs.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-logs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const scope = { account: '000000000000', region: 'us-east-1' }
const place = { scope, group: '/aws/lambda/pets', stream: 'a' }
const startMs = 1_763_625_600_000

function open(options: Partial<SqliteLogsOptions> = {}) {
  const clock = new VirtualClock(startMs)
  const said: string[] = []
  const logs = createSqliteLogs({
    file: undefined,
    clock,
    log: createLog('warn', (line) => said.push(line)),
    ...options,
  })
  const messages = (query: Partial<LogQuery> = {}) =>
    logs.events({ scope, group: place.group, limit: 10_000, ...query }).map(({ message }) => message)
  return { clock, logs, said, messages }
}

interface WrittenLine {
  readonly stream: string
  readonly at: number
  readonly text: string
}

/** What a question should find among lines whose ids count from 1. */
function expected(written: readonly WrittenLine[], asked: Omit<LogQuery, 'scope' | 'group'>): unknown[] {
  const { streams, fromMs = 0, toMs = Number.POSITIVE_INFINITY, after, descending = false, limit } = asked
  const sign = descending ? -1 : 1
  return written
    .map((line, index) => ({ ...line, id: index + 1 }))
    .filter(({ stream, at }) => (streams?.includes(stream) ?? true) && at >= fromMs && at < toMs)
    .filter(({ at, id }) => after === undefined || sign * (at - after.timestampMs || id - after.id) > 0)
    .sort((one, other) => sign * (one.at - other.at || one.id - other.id))
    .slice(0, limit)
    .map(({ id, stream, text }) => [id, stream, text])
}

describe('log groups', () => {
  test('a line is there for whoever reads next; its group and stream are made with it', () => {
    const { logs } = open()
    logs.append(place, startMs - 5, 'hello')
    expect(logs.events({ scope, group: place.group, limit: 10 })).toEqual([
      { id: 1, stream: 'a', timestampMs: startMs - 5, ingestionMs: startMs, message: 'hello' },
    ])
    expect(logs.groups(scope)).toEqual([
      {
        name: place.group,
        createdMs: startMs,
        retentionDays: undefined,
        storedBytes: 31,
        logClass: 'STANDARD',
        kmsKeyId: undefined,
        tags: {},
        isProtected: false,
        subscriptions: [],
      },
    ])
    expect(logs.streams(scope, place.group)).toEqual([
      { name: 'a', createdMs: startMs, firstEventMs: startMs - 5, lastEventMs: startMs - 5, lastIngestionMs: startMs },
    ])
    expect(logs.groups({ ...scope, region: 'eu-west-1' })).toEqual([])
  })

  test('events come in order of time and, within a millisecond, of arrival', () => {
    const { logs, messages } = open()
    logs.append(place, 20, 'second')
    logs.append({ ...place, stream: 'b' }, 10, 'first')
    logs.append(place, 20, 'third')
    expect(messages()).toEqual(['first', 'second', 'third'])
    expect(messages({ descending: true })).toEqual(['third', 'second', 'first'])
    expect(messages({ streams: ['a'] })).toEqual(['second', 'third'])
    expect(messages({ streams: ['nobody'] })).toEqual([])
    expect(messages({ fromMs: 11 })).toEqual(['second', 'third'])
    expect(messages({ toMs: 20 })).toEqual(['first'])
    expect(messages({ after: { timestampMs: 20, id: 1 } })).toEqual(['third'])
    expect(messages({ limit: 1 })).toEqual(['first'])
  })

  test('are made once, deleted with their lines, and made anew', () => {
    const { logs, messages } = open()
    expect(logs.createGroup(scope, place.group)).toBe(true)
    expect(logs.createGroup(scope, place.group)).toBe(false)
    logs.append(place, 1, 'gone')
    expect(logs.deleteGroup(scope, place.group)).toBe(true)
    expect(logs.deleteGroup(scope, place.group)).toBe(false)
    expect(logs.streams(scope, place.group)).toBeUndefined()
    logs.append(place, 2, 'new')
    expect(messages()).toEqual(['new'])
  })

  test('lose the lines that are older than their retention', () => {
    const { clock, logs, messages } = open()
    logs.append(place, startMs, 'old')
    logs.append({ ...place, group: 'kept' }, startMs, 'old')
    expect(logs.setRetention(scope, place.group, 1)).toBe(true)
    expect(logs.setRetention(scope, 'nobody', 1)).toBe(false)
    clock.advance(25 * 3_600_000)
    logs.append(place, clock.now(), 'young')
    expect(messages()).toEqual(['young'])
    expect(messages({ group: 'kept' })).toEqual(['old'])
  })

  test('of a file of an earlier version are plain groups, and can be changed', () => {
    const file = join(folder, 'earlier.db')
    const earlier = new DatabaseSync(file)
    earlier.exec(`CREATE TABLE groups (
      id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
      created INTEGER NOT NULL, retention INTEGER, UNIQUE (account, region, name))`)
    earlier.exec(`INSERT INTO groups VALUES (1, '${scope.account}', '${scope.region}', 'g', 1, 7)`)
    earlier.close()
    const { logs } = open({ file })
    expect(logs.groups(scope)).toMatchObject([{ name: 'g', retentionDays: 7, logClass: 'STANDARD', tags: {} }])
    expect(logs.changeGroup(scope, 'g', { tags: { a: 'b' } })).toBe(true)
    expect(logs.changeGroup(scope, 'nobody', { tags: {} })).toBe(false)
    expect(logs.groups(scope)).toMatchObject([{ name: 'g', retentionDays: 7, tags: { a: 'b' }, isProtected: false }])
    logs.close()
  })

  test('outlive the process, and ids go on where they were', () => {
    const file = join(folder, 'outlive.db')
    const before = open({ file })
    before.logs.append(place, 1, 'kept')
    before.logs.append(place, 2, 'and kept')
    before.logs.close()
    const after = open({ file })
    expect(after.messages()).toEqual(['kept', 'and kept'])
    after.logs.append(place, 3, 'new')
    expect(after.logs.events({ scope, group: place.group, limit: 10 }).map(({ id }) => id)).toEqual([1, 2, 3])
    after.logs.close()
  })

  test('of a file with one line a row are read, counted and gone on with', () => {
    const file = join(folder, 'line-rows.db')
    const earlier = new DatabaseSync(file)
    earlier.exec(`
      CREATE TABLE groups (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL,
        name TEXT NOT NULL, created INTEGER NOT NULL, retention INTEGER, settings TEXT, UNIQUE (account, region, name));
      CREATE TABLE streams (id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, name TEXT NOT NULL,
        created INTEGER NOT NULL, first INTEGER, last INTEGER, ingested INTEGER, UNIQUE (group_id, name));
      CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, stream_id INTEGER NOT NULL,
        at INTEGER NOT NULL, ingested INTEGER NOT NULL, message TEXT NOT NULL);
      INSERT INTO groups VALUES (1, '${scope.account}', '${scope.region}', '${place.group}', 1, NULL, NULL);
      INSERT INTO streams VALUES (1, 1, 'a', 1, 5, 5, 5);
      INSERT INTO events VALUES (7, 1, 1, 5, 5, '[1,2,"3"]')`)
    earlier.close()
    const { logs, messages } = open({ file })
    logs.append(place, 6, 'new')
    expect(messages()).toEqual(['[1,2,"3"]', 'new'])
    expect(logs.events({ scope, group: place.group, limit: 10 }).map(({ id }) => id)).toEqual([7, 8])
    expect(logs.groups(scope)).toMatchObject([{ storedBytes: 9 + 26 + 3 + 26 }])
    logs.close()
  })

  test('any question gets the lines it asks for, in their order, however they came', () => {
    const streams = fc.constantFrom('a', 'b', 'c')
    const time = fc.integer({ min: 0, max: 4_000 })
    const lines = fc.array(fc.record({ stream: streams, at: time, text: fc.string(), isRead: fc.boolean() }))
    const query = fc.record({
      streams: fc.option(fc.uniqueArray(streams), { nil: undefined }),
      fromMs: fc.option(time, { nil: undefined }),
      toMs: fc.option(time, { nil: undefined }),
      after: fc.option(fc.record({ timestampMs: time, id: fc.nat(20) }), { nil: undefined }),
      descending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(lines, query, (written, asked) => {
        const { logs } = open()
        const kept = { a: { ...place, stream: 'a' }, b: { ...place, stream: 'b' }, c: { ...place, stream: 'c' } }
        for (const { stream, at, text, isRead } of written) {
          logs.append(kept[stream], at, text)
          // Whoever reads ends a batch.
          if (isRead) logs.groups(scope)
        }
        const found = logs.events({ scope, group: place.group, ...asked })
        logs.close()
        expect(found.map(({ id, stream, message }) => [id, stream, message])).toEqual(expected(written, asked))
      }),
    )
  })
})

describe('bounds', () => {
  test('lines beyond what may wait are dropped, counted and told of once a minute', () => {
    const { clock, logs, messages, said } = open({ maximumWaitingBytes: 100 })
    for (let line = 0; line < 10; line++) logs.append(place, line, 'x'.repeat(24))
    expect(logs.dropped).toBe(8)
    expect(said).toHaveLength(1)
    expect(messages()).toHaveLength(2)
    clock.advance(60_000)
    for (let line = 0; line < 3; line++) logs.append(place, line, 'x'.repeat(24))
    expect(logs.dropped).toBe(9)
    expect(JSON.parse(said[1] ?? '')).toMatchObject({ level: 'warn', dropped: 9 })
  })

  test('the oldest lines go when all of them take more room than allowed', () => {
    const { logs, messages } = open({ maximumBytes: 1_000_000 })
    for (let batch = 0; batch < 10; batch++) {
      for (let line = 0; line < 5_000; line++) logs.append(place, batch * 5_000 + line, 'x'.repeat(50))
      messages({ limit: 1 })
    }
    const kept = logs.events({ scope, group: place.group, limit: 100_000 })
    expect(kept.length).toBeLessThan(45_000)
    expect(kept.at(-1)?.timestampMs).toBe(49_999)
  })

  test('a file that cannot be written costs lines, never an exception', () => {
    const { logs, said } = open({ file: '/dev/null/logs.db' })
    logs.append(place, 1, 'lost')
    logs.close()
    expect(logs.dropped).toBe(1)
    expect(said).toHaveLength(1)
  })

  test('a disk that becomes full costs lines, which are counted and told of; lines that somebody waits for are refused', () => {
    const file = join(folder, 'full.db')
    const program = `
      import { createSqliteLogs } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-logs.ts'))}
      import { systemClock } from ${JSON.stringify(join(import.meta.dirname, 'clocks.ts'))}
      import { createLog } from ${JSON.stringify(join(import.meta.dirname, '..', 'log.ts'))}
      process.on('SIGXFSZ', () => {})
      const logs = createSqliteLogs({ file: ${JSON.stringify(file)}, clock: systemClock, log: createLog('warn', (line) => process.stdout.write(line)) })
      const place = { scope: ${JSON.stringify(scope)}, group: 'g', stream: 's' }
      const query = { scope: place.scope, group: 'g', limit: 1 }
      for (let batch = 0; batch < 20; batch++) {
        for (let line = 0; line < 1000; line++) logs.append(place, line, 'x'.repeat(100))
        logs.events(query)
      }
      console.log(JSON.stringify({ dropped: logs.dropped, put: logs.put(place, [{ timestampMs: 1, message: 'y'.repeat(100_000) }]) }))`
    // No file may grow beyond 1 or 2 MB: as a quota, or a disk, would have it.
    const { stdout, stderr, status } = spawnSync(
      'sh',
      [
        '-c',
        'ulimit -f 2048; exec "$@"',
        'sh',
        process.execPath,
        '--conditions=source',
        '--input-type=module',
        '-e',
        program,
      ],
      { encoding: 'utf8' },
    )
    const [complaint = '', result = ''] = stdout.trim().split('\n')
    expect([status, stderr]).toEqual([0, ''])
    expect(JSON.parse(complaint)).toMatchObject({ level: 'warn', error: { message: expect.stringMatching(/disk/) } })
    const { dropped, put } = JSON.parse(result) as { dropped: number; put: boolean }
    expect(dropped).toBeGreaterThan(0)
    expect(dropped % 1_000).toBe(0)
    expect(put).toBe(false)
  })

  test('lines are written without anybody asking', async () => {
    const file = join(folder, 'unasked.db')
    const writer = open({ file })
    writer.logs.append(place, 1, 'written')
    const reader = open({ file })
    await expect.poll(() => reader.messages()).toEqual(['written'])
    writer.logs.close()
    reader.logs.close()
  })
})
