// Errors in Lambda's form: `{"errorType", "errorMessage", "trace"}`.
'use strict'
const { isNativeError } = require('node:util').types

/** An error of the runtime's own, named as Lambda names it. */
function runtimeError(name, message, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause })
  Object.defineProperty(error, 'name', { value: name })
  if (cause === undefined) return error
  error.stack = `${name}: ${message}\n${String(cause.stack).split('\n').filter(isFrame).join('\n')}`
  return error
}

function isFrame(line) {
  return /^\s+at /.test(line)
}

function isError(value) {
  return value instanceof Error || isNativeError(value)
}

function describe(value) {
  if (isError(value)) {
    return {
      errorType: String(value.name),
      errorMessage: String(value.message),
      trace: String(value.stack).split('\n'),
    }
  }
  return { errorType: typeof value, errorMessage: String(value), trace: [] }
}

/** The document of whatever a handler threw, as JSON; what cannot even be described is an error too. */
function toDocument(value) {
  try {
    const document = describe(value)
    if (isError(value) && 'reason' in value && value.name === 'Runtime.UnhandledPromiseRejection') {
      const { errorType, errorMessage, trace } = document
      return JSON.stringify({ errorType, errorMessage, reason: describe(value.reason), promise: {}, trace })
    }
    return JSON.stringify(document)
  } catch {
    return JSON.stringify({
      errorType: 'handled',
      errorMessage: 'callback called with an error that cannot be read',
      trace: [],
    })
  }
}

/** The same for the log line: the error's own properties too, and the stack by that name. */
function toLogText(value) {
  try {
    if (!isError(value)) return JSON.stringify({ errorType: typeof value, errorMessage: String(value), stack: [] })
    const { errorType, errorMessage, trace } = describe(value)
    const text = { errorType, errorMessage, ...value, stack: trace }
    return JSON.stringify(text, (_key, part) => (isError(part) ? describe(part) : part))
  } catch {
    return toDocument(value)
  }
}

module.exports = { runtimeError, toDocument, toLogText }
