// Runs inside the process of a Node function: loads its handler, then answers one event after another.
'use strict'
const { kinds, send, onInvoke } = require('./channel.cjs')
const { log, flushOutput } = require('./log.cjs')
const { runtimeError, toDocument, toLogText } = require('./errors.cjs')
const { invoke } = require('./invocation.cjs')
const { loadHandler } = require('./handler.cjs')

/** Exit statuses of Lambda's own runtime for errors that nobody caught. */
const exitStatus = { initError: 1, unhandledRejection: 128, uncaughtException: 129 }

/** Tells an error that the process cannot go on after, and ends. */
function die(heading, error, status) {
  log('ERROR', `${heading} \t${toLogText(error)}`)
  flushOutput()
  send(kinds.died, toDocument(error))
  process.exit(status)
}

async function start() {
  try {
    const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER)
    onInvoke((metadata, payload) => invoke(handler, metadata, payload))
    send(kinds.ready, '')
  } catch (error) {
    die('Uncaught Exception', error, exitStatus.initError)
  }
}

process.on('uncaughtException', (error) => die('Uncaught Exception', error, exitStatus.uncaughtException))
process.on('unhandledRejection', (reason) => {
  const error = runtimeError('Runtime.UnhandledPromiseRejection', String(reason))
  error.reason = reason
  die('Unhandled Promise Rejection', error, exitStatus.unhandledRejection)
})

void start()
