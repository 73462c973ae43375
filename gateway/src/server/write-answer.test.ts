// Answers to clients that do not take them, or are gone.
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { AnswerBody } from '../nouns/exchange.ts'
import { BodyRoom } from './body-room.ts'
import { writeAnswer } from './write-answer.ts'

const megabyte = Buffer.alloc(1024 * 1024, 'a')

/** Has one client, which reads nothing, ask; resolves with the response to answer it with. */
async function askedBy(leave: boolean): Promise<ServerResponse> {
  const server = createServer({ keepAliveTimeout: 60_000 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const asked = new Promise<ServerResponse>((resolve) => server.once('request', (_, response) => resolve(response)))
  const client: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  client.on('error', () => {})
  client.pause()
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const response = await asked
  if (leave) {
    client.destroy()
    await new Promise((resolve) => response.once('close', resolve))
  }
  return response
}

/** A stream without end that tells whether it was left. */
function endless(): { readonly body: AsyncIterable<Uint8Array>; readonly left: Promise<void> } {
  const { promise: left, resolve } = Promise.withResolvers<void>()
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield megabyte
    } finally {
      resolve()
    }
  }
  return { body: chunks(), left }
}

const answer = (body: AnswerBody): { status: number; headers: string[]; body: AnswerBody } => ({
  status: 200,
  headers: [],
  body,
})

test('cuts off a client that takes nothing of a long answer', async () => {
  const response = await askedBy(false)
  const closed = new Promise((resolve) => response.once('close', resolve))
  await writeAnswer(response, answer(Array.from({ length: 40 }, () => megabyte)), new BodyRoom(2 ** 30), 100)
  await closed
  expect(response.writableFinished).toBe(false)
})

test('of answers that nobody takes, the oldest give way to one for which there is no room, and to a request', async () => {
  const room = new BodyRoom(100 * megabyte.length)
  const responses: ServerResponse[] = []
  const write = async (): Promise<void> => {
    const response = await askedBy(false)
    responses.push(response)
    await writeAnswer(response, answer(Array.from({ length: 40 }, () => megabyte)), room)
  }
  const cut = (): readonly boolean[] => responses.map(({ destroyed }) => destroyed)
  await write()
  await write()
  expect(cut()).toEqual([false, false])
  await write()
  expect(cut()).toEqual([true, false, false])
  const request = room.share()
  expect(request.take(30 * megabyte.length)).toBe(true)
  expect(cut()).toEqual([true, true, false])
  expect(request.take(80 * megabyte.length)).toBe(false)
  request.release()
  expect(room.share().take(100 * megabyte.length)).toBe(true)
})

test('cuts off a client that takes nothing of a stream, and leaves the stream', async () => {
  const response = await askedBy(false)
  const { body, left } = endless()
  await writeAnswer(response, answer(body), new BodyRoom(2 ** 30), 100)
  await left
  expect(response.destroyed).toBe(true)
})

test('leaves a stream at once whose client is gone before it begins', async () => {
  const response = await askedBy(true)
  let isLeft = false
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ value: megabyte, done: false }),
      return: () => {
        isLeft = true
        return Promise.resolve({ value: undefined, done: true })
      },
    }),
  }
  await writeAnswer(response, answer(body), new BodyRoom(2 ** 30))
  expect(isLeft).toBe(true)
})
