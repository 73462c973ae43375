// Turns on a connection: who sends many requests at once keeps nobody else waiting, and who is refused is not waited for.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { noBytes } from '../nouns/bytes.ts'
import { countTurns } from '../testing-turns.ts'
import { BodyRoom } from './body-room.ts'
import { listen, type Listener } from './listener.ts'

const answer = { status: 204, body: noBytes }

/** A listener whose requests are answered at once; `handle` is told of each. */
async function client(handle: () => void): Promise<{ readonly listener: Listener; readonly socket: Socket }> {
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    bodyRoom: new BodyRoom(2 ** 20),
    bug: (error) => {
      throw error
    },
    front: () => ({
      maximumBodyBytes: 0,
      tooLarge: () => ({ ...answer, headers: [] }),
      handle: () => {
        handle()
        return { ...answer, headers: [] }
      },
    }),
  })
  const socket = connect({ port: listener.address.port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(async () => {
    socket.destroy()
    await listener.close(0)
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return { listener, socket }
}

test('each of many pipelined requests has a turn of its own, between which others have theirs', async () => {
  const turns = countTurns()
  onTestFinished(turns.stop)
  const seen: number[] = []
  const { promise: all, resolve } = Promise.withResolvers<void>()
  const { socket } = await client(() => {
    if (seen.push(turns.count()) === 100) resolve()
  })
  socket.resume()
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(100))
  await all
  expect(new Set(seen).size).toBeGreaterThan(90)
})

test('who is refused and does not hang up is cut off', async () => {
  const { listener, socket } = await client(() => {})
  socket.write('this is no HTTP\r\n\r\n')
  const [first] = (await once(socket, 'data')) as [Buffer]
  expect(first.toString()).toMatch(/^HTTP\/1\.1 400 /)
  socket.resume()
  await expect.poll(() => listener.connections(), { interval: 5, timeout: 5_000 }).toBe(0)
})
