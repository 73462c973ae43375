// Segments to an X-Ray daemon, over a real socket: what arrives, what is dropped, and that nobody waits.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { segment } from '../ports/traces.contract.ts'
import { VirtualClock } from './clocks.ts'
import { XraySender } from './xray-sender.ts'

const scope = { account: '000000000000', region: 'us-east-1' }
const opened: { close: () => unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

async function listen(port = 0): Promise<{ socket: Socket; port: number; received: string[] }> {
  const socket = createSocket('udp4')
  const received: string[] = []
  socket.on('message', (datagram) => received.push(datagram.toString()))
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  opened.push({ close: () => new Promise<void>((resolve) => socket.close(resolve)) })
  return { socket, port: socket.address().port, received }
}

function send(port: number, host = '127.0.0.1') {
  const clock = new VirtualClock()
  const said: string[] = []
  const sender = new XraySender({ address: { host, port }, clock, log: createLog('warn', (line) => said.push(line)) })
  opened.push(sender)
  return { sender, clock, said }
}

test('each segment is a datagram', async () => {
  const daemon = await listen()
  const { sender } = send(daemon.port)
  sender.put(scope, segment('1-a', 'x'))
  sender.put(scope, segment('1-a', 'y'))
  await expect.poll(() => daemon.received).toHaveLength(2)
  expect(daemon.received[1]).toBe(`{"format":"json","version":1}\n${JSON.stringify(segment('1-a', 'y'))}`)
  expect(sender.dropped).toBe(0)
})

test('closing sends what is under way', async () => {
  const daemon = await listen()
  const { sender } = send(daemon.port, 'localhost')
  sender.put(scope, segment('1-a', 'x'))
  await sender.close()
  await expect.poll(() => daemon.received).toHaveLength(1)
})

test('a segment that no datagram can carry is dropped and counted', async () => {
  const daemon = await listen()
  const { sender, said } = send(daemon.port)
  sender.put(scope, segment('1-a', 'x', { user: 'x'.repeat(65_507) }))
  sender.put(scope, segment('1-a', 'y'))
  await expect.poll(() => daemon.received).toHaveLength(1)
  expect(sender.dropped).toBe(1)
  expect(said.join()).toContain('larger than a datagram')
})

test('a daemon that is not there costs the segments and one line a minute; when it comes, it gets those that follow', async () => {
  const first = await listen()
  const { port } = first
  await opened.shift()?.close()
  const { sender, clock, said } = send(port)
  await expect
    .poll(() => {
      sender.put(scope, segment('1-a', 'x'))
      return sender.dropped
    })
    .toBeGreaterThan(1)
  expect(said).toHaveLength(1)
  const daemon = await listen(port)
  clock.advance(60_000)
  await expect
    .poll(() => {
      sender.put(scope, segment('1-a', 'y'))
      return daemon.received.length
    })
    .toBeGreaterThan(0)
})

test('more than the system takes at once is dropped, and nothing waits for it', async () => {
  const daemon = await listen()
  const { sender } = send(daemon.port, 'localhost')
  for (let each = 0; each < 1_500; each++) sender.put(scope, segment('1-a', `${each}`))
  expect(sender.dropped).toBe(500)
})
