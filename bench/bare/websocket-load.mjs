// WebSocket load: raw sockets and frames made beforehand, so that the generator costs less than what it measures.
//   echo PORT PATH CONNECTIONS SECONDS   one message in flight on each connection
//   idle PORT PATH COUNT PER_SECOND      opens connections while one echoes; then keeps them until it is stopped
//   broadcast PORT PATH COUNT            one POST @connections to each of COUNT connections
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'

const [mode, port, path, ...numbers] = process.argv.slice(2)
const [first = 1, second = 1] = numbers.map(Number)
const mask = Buffer.from([1, 2, 3, 4])

/** A masked text frame of up to 125 bytes. */
function frame(text) {
  const body = Buffer.from(text)
  for (let index = 0; index < body.length; index++) body[index] ^= mask[index % 4]
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length]), mask, body])
}

const payload = 'm'.repeat(64)
const message = frame(payload)
const answerBytes = 2 + payload.length

/** Opens a connection; `heard` gets every chunk behind the handshake. */
function open(heard) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.setNoDelay(true)
    let head = ''
    const greet = (chunk) => {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      socket.off('data', greet)
      if (heard === undefined) socket.resume()
      else socket.on('data', (data) => heard(socket, data))
      if (head.startsWith('HTTP/1.1 101')) resolve(socket)
      else reject(new Error(head))
    }
    socket.on('data', greet)
    socket.on('error', (error) => reject(error))
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
  })
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const say = (result) => process.stdout.write(`${JSON.stringify(result)}\n`)

/** Sends again whenever a whole answer has come. */
function echoing(times) {
  const state = { left: answerBytes, sentAt: 0, isStopped: false }
  const hear = (socket, chunk) => {
    state.left -= chunk.length
    if (state.left > 0) return
    times.push(performance.now() - state.sentAt)
    state.left = answerBytes
    if (!state.isStopped) send(socket)
  }
  const send = (socket) => {
    state.sentAt = performance.now()
    socket.write(message)
  }
  return { hear, send, stop: () => (state.isStopped = true) }
}

async function echo(connections, seconds) {
  const times = []
  const clients = []
  for (let index = 0; index < connections; index++) {
    const client = echoing(times)
    clients.push({ ...client, socket: await open(client.hear) })
  }
  const started = performance.now()
  for (const { send, socket } of clients) send(socket)
  await pause(seconds * 1000)
  const elapsed = (performance.now() - started) / 1000
  const count = times.length
  for (const { stop, socket } of clients) {
    stop()
    socket.destroy()
  }
  times.sort((left, right) => left - right)
  return { messages: count, perSecond: count / elapsed, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) }
}

async function idle(count, perSecond) {
  const times = []
  const client = echoing(times)
  const beside = await open((socket, chunk) => {
    client.hear(socket, chunk)
  })
  client.stop()
  const ticking = setInterval(() => client.send(beside), 2)
  const sockets = []
  const started = performance.now()
  while (sockets.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - started) / 1000) * perSecond))
    const opening = []
    while (sockets.length + opening.length < due) opening.push(open(undefined))
    sockets.push(...(await Promise.all(opening)))
    await pause(1)
  }
  const elapsed = (performance.now() - started) / 1000
  clearInterval(ticking)
  times.sort((left, right) => left - right)
  beside.destroy()
  say({ opened: count, perSecond: count / elapsed, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) })
  // Kept open until we are stopped.
  await pause(600_000)
}

async function broadcast(count) {
  const ids = []
  const delivered = []
  for (let index = 0; index < count; index++) {
    let id
    const socket = await open((_, chunk) => {
      if (id === undefined) ids.push((id = chunk.subarray(2).toString()))
      else delivered.push(id)
    })
    socket.write(frame('{"action":"id"}'))
  }
  while (ids.length < count) await pause(5)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const post = (id) =>
    new Promise((resolve, reject) => {
      const options = { agent, port: Number(port), host: '127.0.0.1', method: 'POST' }
      const call = request({ ...options, path: `${path}/@connections/${encodeURIComponent(id)}` }, (response) => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(String(response.statusCode))),
        )
      })
      call.on('error', reject)
      call.end(payload)
    })
  const started = performance.now()
  await Promise.all(ids.map(post))
  while (delivered.length < count) await pause(1)
  const elapsed = (performance.now() - started) / 1000
  return { connections: count, seconds: elapsed, perSecond: count / elapsed }
}

if (mode === 'echo') say(await echo(first, second))
else if (mode === 'idle') await idle(first, second)
else say(await broadcast(first))
process.exit(0)
