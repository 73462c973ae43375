// The bootstrap's side of the lean framing: `u32 length | u8 kind | body` on file descriptor 3, both ways.
'use strict'
const { writeSync } = require('node:fs')
const { Socket } = require('node:net')

const descriptor = 3
const headBytes = 5
const kinds = {
  ready: 1,
  died: 2,
  response: 3,
  error: 4,
  log: 5,
  streamOpen: 6,
  streamChunk: 7,
  streamEnd: 8,
  streamError: 9,
}

const socket = new Socket({ fd: descriptor, readable: true, writable: false })
const moment = new Int32Array(new SharedArrayBuffer(4))

/** The rest of a frame of a stream that the other side has no room for yet. */
let unwritten
let unwrittenDone
let unwrittenTimer

function writeSome(bytes) {
  try {
    return writeSync(descriptor, bytes)
  } catch (cause) {
    if (cause.code === 'EAGAIN') return 0
    // Nobody is there any more.
    process.exit(0)
  }
}

/** Writes everything, waiting where the other side is slow: what was logged or answered is never lost to an exit. */
function write(bytes) {
  let rest = bytes
  for (;;) {
    rest = rest.subarray(writeSome(rest))
    if (rest.length === 0) return
    Atomics.wait(moment, 0, 0, 1)
  }
}

function finishUnwritten() {
  if (unwritten === undefined) return
  const done = unwrittenDone
  clearTimeout(unwrittenTimer)
  write(unwritten)
  unwritten = undefined
  done()
}

function pollUnwritten() {
  unwritten = unwritten.subarray(writeSome(unwritten))
  if (unwritten.length > 0) {
    unwrittenTimer = setTimeout(pollUnwritten, 1)
    return
  }
  unwritten = undefined
  unwrittenDone()
}

function frame(kind, body) {
  const isText = typeof body === 'string'
  const length = isText ? Buffer.byteLength(body) : body.length
  const bytes = Buffer.allocUnsafe(headBytes + length)
  bytes.writeUInt32BE(length, 0)
  bytes[4] = kind
  if (isText) bytes.write(body, headBytes)
  else bytes.set(body, headBytes)
  return bytes
}

/** Sends a frame of text or bytes at once. */
function send(kind, body) {
  finishUnwritten()
  write(frame(kind, body))
}

/** Sends a frame as fast as the other side takes it, without holding up the handler's other work. */
function sendWhenRoom(kind, body, done) {
  finishUnwritten()
  const bytes = frame(kind, body)
  unwritten = bytes.subarray(writeSome(bytes))
  unwrittenDone = done
  if (unwritten.length === 0) {
    unwritten = undefined
    done()
  } else {
    unwrittenTimer = setTimeout(pollUnwritten, 1)
  }
}

/** Calls back with the metadata and the payload of each event. */
function onInvoke(callback) {
  let held = Buffer.alloc(0)
  let parts = []
  let partBytes = 0
  let wantedBytes = headBytes
  socket.on('data', (chunk) => {
    parts.push(chunk)
    partBytes += chunk.length
    while (partBytes >= wantedBytes) {
      held = parts.length === 1 ? parts[0] : Buffer.concat(parts)
      const endOfFrame = headBytes + held.readUInt32BE(0)
      parts = [held]
      wantedBytes = endOfFrame
      if (held.length < endOfFrame) return
      parts = held.length === endOfFrame ? [] : [held.subarray(endOfFrame)]
      partBytes = held.length - endOfFrame
      wantedBytes = headBytes
      const endOfMetadata = headBytes + 4 + held.readUInt32BE(headBytes)
      callback(
        JSON.parse(held.toString('utf8', headBytes + 4, endOfMetadata)),
        held.toString('utf8', endOfMetadata, endOfFrame),
      )
    }
  })
  // The runtime is gone, and this process was only ever there for it.
  socket.on('end', () => process.exit(0))
  socket.on('error', () => process.exit(0))
}

module.exports = { kinds, socket, send, sendWhenRoom, onInvoke }
