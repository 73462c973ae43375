// Response streaming: the global `awslambda` and the stream that a streaming handler writes to.
'use strict'
const { kinds, send, sendWhenRoom } = require('./channel.cjs')

const streaming = Symbol.for('aws.lambda.runtime.handler.streaming')
const httpContentType = 'application/vnd.awslambda.http-integration-response'
const chunkBytes = 65_536
const delimiter = Buffer.alloc(8)

/** Makes the stream of one invocation; it opens with its first byte, or when it ends without any. */
function createResponseStream(options) {
  // Only functions that stream pay for loading it.
  const { Writable } = require('node:stream')
  return new (class ResponseStream extends Writable {
    isOpen = false
    #contentType = 'application/octet-stream'
    #prelude

    setContentType(contentType) {
      this.#contentType = String(contentType)
    }

    /** Sets what goes before the first byte. */
    setPrelude(bytes) {
      this.#prelude = bytes
    }

    write(chunk, ...rest) {
      const isBytes = typeof chunk === 'string' || chunk instanceof Uint8Array
      return super.write(isBytes ? chunk : JSON.stringify(chunk), ...rest)
    }

    _write(chunk, _encoding, done) {
      this.#open()
      this.#sendFrom(chunk, 0, done)
    }

    _final(done) {
      this.#open()
      done()
    }

    #open() {
      if (this.isOpen) return
      this.isOpen = true
      send(kinds.streamOpen, this.#contentType)
      if (this.#prelude !== undefined) send(kinds.streamChunk, this.#prelude)
    }

    #sendFrom(chunk, offset, done) {
      const end = offset + chunkBytes
      const next = end < chunk.length ? () => this.#sendFrom(chunk, end, done) : () => done()
      sendWhenRoom(kinds.streamChunk, chunk.subarray(offset, end), next)
    }
  })(options)
}

globalThis.awslambda = {
  streamifyResponse(handler, options) {
    handler[streaming] = { highWaterMark: options?.highWaterMark }
    return handler
  },
  HttpResponseStream: {
    /** Marks a stream as an HTTP answer: its status and headers as JSON, eight zero bytes, then the body. */
    from(stream, prelude) {
      stream.setContentType(httpContentType)
      stream.setPrelude(Buffer.concat([Buffer.from(JSON.stringify(prelude)), delimiter]))
      return stream
    },
  },
}

/** Runs a streaming handler to the end of its stream. Rejects when it fails; `isOpen` tells whether bytes have gone. */
async function runStreaming(handler, event, context, stream) {
  const finished = new Promise((resolve, reject) => {
    stream.once('finish', resolve)
    stream.once('error', reject)
  })
  finished.catch(() => {})
  await handler(event, stream, context)
  if (!stream.writableEnded) stream.end()
  await finished
}

module.exports = { streaming, createResponseStream, runStreaming }
