// Lines reach their file whole and in order, and cost neither memory nor exceptions when they cannot.
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createLineFile } from './line-file.ts'

let folder: string
const said: string[] = []
const log = createLog('warn', (line) => said.push(line))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lines-'))
  said.length = 0
})

afterEach(() => rm(folder, { recursive: true }))

test('lines are in the file, in their order, once it is closed', async () => {
  const target = join(folder, 'access.log')
  const sink = createLineFile({ target, log })
  const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index}`)
  for (const line of lines) sink.write(line)
  await sink.close()
  expect(await readFile(target, 'utf8')).toBe(`${lines.join('\n')}\n`)
  expect(sink.dropped()).toBe(0)
})

test('lines are written without anybody asking, and to a new file when the old one was renamed', async () => {
  const target = join(folder, 'access.log')
  const sink = createLineFile({ target, log })
  sink.write('first')
  await expect.poll(() => readFile(target, 'utf8').catch(() => '')).toBe('first\n')
  await rename(target, `${target}.1`)
  sink.write('second')
  await sink.close()
  expect(await readFile(target, 'utf8')).toBe('second\n')
})

test('what cannot be written is dropped, counted and told of once a minute', async () => {
  const sink = createLineFile({ target: join(folder, 'no', 'folder'), log })
  sink.write('one')
  sink.write('two')
  await sink.close()
  sink.write('three')
  await sink.close()
  expect(sink.dropped()).toBe(3)
  expect(said).toHaveLength(1)
  expect(JSON.parse(said[0] ?? '')).toMatchObject({ level: 'warn', dropped: 2 })
})

test('a full disk costs lines, which are counted and told of, and nothing else', async () => {
  const sink = createLineFile({ target: '/dev/full', log })
  for (let line = 0; line < 5_000; line++) sink.write(`line ${line}`)
  await sink.close()
  expect(sink.dropped()).toBe(5_000)
  expect(JSON.parse(said[0] ?? '')).toMatchObject({
    target: '/dev/full',
    error: { message: 'ENOSPC: no space left on device, write' },
  })
})

test('lines of any length and script arrive as they are', async () => {
  const target = join(folder, 'access.log')
  const sink = createLineFile({ target, log })
  const lines = ['é', '日本語', '😀'.repeat(100_000), 'x'.repeat(300_000), '']
  for (const line of lines) sink.write(line)
  await sink.close()
  expect(await readFile(target, 'utf8')).toBe(`${lines.join('\n')}\n`)
})

test('what waits takes no more memory than allowed', async () => {
  const sink = createLineFile({ target: join(folder, 'access.log'), log, maximumWaitingBytes: 10 })
  for (let line = 0; line < 5; line++) sink.write('1234')
  expect(sink.dropped()).toBe(3)
  await sink.close()
})
