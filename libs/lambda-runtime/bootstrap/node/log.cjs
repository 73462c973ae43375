// What a handler prints: console calls in Lambda's line format, other output as it is, all in order with the answers.
'use strict'
const { format } = require('node:util')
const { kinds, send } = require('./channel.cjs')

const longestLine = 262_144
let requestId

/** Names the invocation that lines belong to from now on. */
function setRequestId(id) {
  requestId = id
}

/** One log event: `timestamp TAB request id TAB level TAB message`. */
function log(level, message) {
  const line = `${new Date().toISOString()}\t${requestId}\t${level}\t${message}`
  send(kinds.log, line.length > longestLine ? line.slice(0, longestLine) : line)
}

const levels = {
  log: 'INFO',
  info: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
  warn: 'WARN',
  error: 'ERROR',
}

function patchConsole() {
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...values) => log(level, format(...values))
  }
}

/** What was written to a standard stream after its last line break. */
const held = { stdout: '', stderr: '' }

function writeLines(name, text) {
  const lines = (held[name] + text).split('\n')
  held[name] = lines.pop()
  for (const line of lines) send(kinds.log, line.slice(0, longestLine))
  if (held[name].length > longestLine) flushOutput()
}

/** Sends what has no line break after it: the invocation, or the process, is over. */
function flushOutput() {
  for (const name of ['stdout', 'stderr']) {
    if (held[name] !== '') send(kinds.log, held[name].slice(0, longestLine))
    held[name] = ''
  }
}

/** Takes over what is written straight to a standard stream. The stream itself is made only when asked for. */
function patchStream(name) {
  const descriptor = Object.getOwnPropertyDescriptor(process, name)
  let stream
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      if (stream !== undefined) return stream
      stream = descriptor.get.call(process)
      stream.write = (chunk, encoding, callback) => {
        writeLines(name, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
        const done = typeof encoding === 'function' ? encoding : callback
        if (typeof done === 'function') process.nextTick(done)
        return true
      }
      return stream
    },
  })
}

patchConsole()
patchStream('stdout')
patchStream('stderr')
process.on('exit', flushOutput)

module.exports = { log, flushOutput, setRequestId }
