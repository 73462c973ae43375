// One event in the hands of a handler: its context, and the one answer that it may give.
'use strict'
const { kinds, socket, send } = require('./channel.cjs')
const { runtimeError, toDocument, toLogText } = require('./errors.cjs')
const { log, flushOutput, setRequestId } = require('./log.cjs')
const { createResponseStream, runStreaming, streaming } = require('./stream.cjs')

const environment = process.env
const fixedContext = {
  functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
}

/** The invocation that has not been answered; an answer to any other comes too late and is dropped. */
let current

function isFailure(error) {
  return error !== undefined && error !== null
}

function parseJson(text) {
  return text === undefined ? undefined : JSON.parse(text)
}

/** From the arrival of an event to its answer. */
class Invocation {
  #metadata
  /** What answers when nothing is left to do: `null`, or the result that was called back before. */
  whenLoopIsEmpty = () => this.succeed(null)

  constructor(metadata) {
    this.#metadata = metadata
  }

  run(handler, payload) {
    try {
      const event = this.#parse(payload)
      if (handler[streaming] === undefined) this.#runBuffered(handler, event)
      else void this.#runStreaming(handler, event)
    } catch (error) {
      this.fail(error)
    }
  }

  succeed(result) {
    let body
    try {
      body = JSON.stringify(result === undefined ? null : result)
      if (body === undefined) throw new TypeError('the value has no JSON form')
    } catch (cause) {
      return this.fail(runtimeError('Runtime.MarshalError', 'Unable to stringify response body', cause))
    }
    this.#finish(kinds.response, body)
  }

  fail(error) {
    if (current !== this) return
    log('ERROR', `Invoke Error \t${toLogText(error)}`)
    this.#finish(kinds.error, toDocument(error))
  }

  #finish(kind, body) {
    if (current !== this) return
    current = undefined
    // Only between invocations does the socket keep the process alive: an empty event loop means something in one.
    socket.ref()
    flushOutput()
    send(kind, body)
  }

  #parse(payload) {
    try {
      return JSON.parse(payload)
    } catch (cause) {
      throw runtimeError('Runtime.UnmarshalError', `Unable to unmarshal input: ${cause.message}`, cause)
    }
  }

  #context(finishNow) {
    const metadata = this.#metadata
    return {
      callbackWaitsForEmptyEventLoop: true,
      ...fixedContext,
      clientContext: parseJson(metadata.clientContext),
      identity: parseJson(metadata.identity),
      invokedFunctionArn: metadata.arn,
      awsRequestId: metadata.requestId,
      getRemainingTimeInMillis: () => metadata.deadlineMs - Date.now(),
      done: finishNow,
      succeed: (result) => finishNow(null, result),
      fail: (error) => finishNow(isFailure(error) ? error : 'handled'),
    }
  }

  /** Runs a handler that returns a promise or calls back. */
  #runBuffered(handler, event) {
    const finishNow = (error, result) => (isFailure(error) ? this.fail(error) : this.succeed(result))
    const context = this.#context(finishNow)
    let isCalledBack = false
    const callback = (error, result) => {
      if (isCalledBack) return
      isCalledBack = true
      if (isFailure(error) || !context.callbackWaitsForEmptyEventLoop) finishNow(error, result)
      else this.whenLoopIsEmpty = () => this.succeed(result)
    }
    const returned = handler(event, context, callback)
    if (typeof returned?.then === 'function') {
      returned.then(
        (result) => this.succeed(result),
        (error) => this.fail(error),
      )
    }
  }

  async #runStreaming(handler, event) {
    const stream = createResponseStream(handler[streaming])
    try {
      await runStreaming(
        handler,
        event,
        this.#context(() => {}),
        stream,
      )
      this.#finish(kinds.streamEnd, '')
    } catch (error) {
      if (!stream.isOpen) return this.fail(error)
      log('ERROR', `Invoke Error \t${toLogText(error)}`)
      this.#finish(kinds.streamError, toDocument(error))
    }
  }
}

/** Gives an event to the handler. */
function invoke(handler, metadata, payload) {
  setRequestId(metadata.requestId)
  if (metadata.trace === undefined) delete environment._X_AMZN_TRACE_ID
  else environment._X_AMZN_TRACE_ID = metadata.trace
  socket.unref()
  current = new Invocation(metadata)
  current.run(handler, payload)
}

process.on('beforeExit', () => {
  if (current !== undefined) setImmediate(() => current?.whenLoopIsEmpty())
})

module.exports = { invoke }
