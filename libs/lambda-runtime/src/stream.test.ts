// The queue between a streaming function and its reader: order, bounds, failure and abandonment.
import { expect, test } from 'vitest'
import { ChunkQueue } from './stream.ts'

async function read(queue: ChunkQueue): Promise<string> {
  let text = ''
  for await (const chunk of queue) text += Buffer.from(chunk).toString()
  return text
}

test('gives chunks in order, before and after the reader comes', async () => {
  const queue = new ChunkQueue()
  queue.push(Buffer.from('a'))
  const reading = read(queue)
  await Promise.resolve()
  queue.push(Buffer.from('b'))
  queue.end()
  expect(await reading).toBe('ab')
})

test('gives the chunks that arrived, then the failure', async () => {
  const queue = new ChunkQueue()
  queue.push(Buffer.from('a'))
  queue.end(new Error('broke off'))
  const seen: string[] = []
  const reading = (async () => {
    for await (const chunk of queue) seen.push(Buffer.from(chunk).toString())
  })()
  await expect(reading).rejects.toThrow('broke off')
  expect(seen).toEqual(['a'])
})

test('asks the writer to wait at 1 MB and calls when half is read', async () => {
  const queue = new ChunkQueue()
  const chunk = Buffer.alloc(262_144)
  expect([1, 2, 3, 4].map(() => queue.push(chunk))).toEqual([true, true, true, false])
  let drained = 0
  queue.whenDrained(() => drained++)
  const reader = queue[Symbol.asyncIterator]()
  await reader.next()
  await reader.next()
  expect(drained).toBe(0)
  await reader.next()
  expect(drained).toBe(1)
})

test('an abandoned queue takes everything and keeps nothing', async () => {
  const queue = new ChunkQueue()
  queue.push(Buffer.alloc(2_000_000))
  let drained = 0
  queue.whenDrained(() => drained++)
  for await (const _chunk of queue) break
  expect(drained).toBe(1)
  expect(queue.push(Buffer.alloc(2_000_000))).toBe(true)
})
