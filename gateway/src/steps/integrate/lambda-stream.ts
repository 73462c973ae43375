// AWS_PROXY with a streamed answer: the function writes a JSON prelude, eight NUL bytes, and then the body. REST 3.10, Security L.3.
import type { Answer, Answered } from '../../nouns/exchange.ts'
import { tellEndpointResponse } from '../../nouns/execution-lines.ts'
import { fault } from '../../nouns/faults.ts'
import type { RestAdmitted } from '../../nouns/rest.ts'
import type { Clock } from '../../ports/clock.ts'
import { FunctionFault, type FunctionCall, type Functions, type StreamedAnswer } from '../../ports/functions.ts'
import { malformedProxyAnswer, preludeDelimiter, streamedProxyHead } from '../answer/lambda-proxy-answer.ts'
import type { Step } from '../pipeline.ts'
import { invocationFault, tellCall } from './invocation.ts'
import { compileLambdaCall, type LambdaProxySettings } from './lambda-call.ts'
import { functionError } from './lambda-proxy.ts'
import { streamBody } from './stream-body.ts'

/** The delimiter must be within these. */
const preludeBytes = 16_384

/** Throws GatewayFault until the prelude is there; what fails afterwards cuts the answer. */
export function lambdaStream(
  settings: LambdaProxySettings,
  functions: Functions,
  clock: Clock,
): Step<RestAdmitted, Answered> {
  const { stage, timeoutMs } = settings
  const callOf = compileLambdaCall(settings)

  return {
    name: 'integrate',
    run: async (exchange) => {
      const call = callOf(exchange)
      tellCall(call, exchange, stage.apiId)
      const startedMs = performance.now()
      const opened = await open(functions, call)
      if (exchange.work !== undefined) exchange.work.awsRequestId = opened.requestId
      const answer = await withinTime(clock, timeoutMs, answerOf(opened, exchange, { clock, isEdge: stage.isEdge }))
      answer.headers.push('X-Amzn-Trace-Id', call.traceId)
      if (exchange.listener !== undefined) {
        const { status, headers, body } = answer
        tellEndpointResponse(exchange.listener, { status, headers, body, latencyMs: performance.now() - startedMs })
      }
      return { answer }
    },
  }
}

async function open(functions: Functions, call: FunctionCall): Promise<StreamedAnswer> {
  try {
    return await functions.stream(call)
  } catch (error) {
    throw error instanceof FunctionFault ? invocationFault(error) : error
  }
}

/** The answer with its head read and its body still arriving. */
async function answerOf(
  { chunks, end, requestId }: StreamedAnswer,
  exchange: RestAdmitted,
  { clock, isEdge }: { readonly clock: Clock; readonly isEdge: boolean },
): Promise<Answer> {
  const reader = chunks[Symbol.asyncIterator]()
  let read: Buffer = Buffer.alloc(0)
  for (;;) {
    const at = read.indexOf(preludeDelimiter)
    if (at > preludeBytes || (at < 0 && read.length > preludeBytes + preludeDelimiter.length)) {
      await reader.return?.()
      throw malformedProxyAnswer()
    }
    if (at >= 0) {
      const { status, headers } = streamedProxyHead(read.subarray(0, at))
      const rest = following(read.subarray(at + preludeDelimiter.length), reader)
      return {
        status,
        headers,
        body: streamBody(rest, headers, { clock, isEdge, receivedAtMs: exchange.receivedAtMs }),
      }
    }
    const next = await nextOf(reader)
    if (next === undefined) {
      const { functionError: failed, payload } = await end
      throw failed === undefined ? malformedProxyAnswer() : functionError({ payload, requestId })
    }
    read = Buffer.concat([read, next])
  }
}

/** Undefined at the end, and where the function failed: its `end` says how. */
async function nextOf(reader: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const next = await reader.next()
    return next.done === true ? undefined : next.value
  } catch {
    return undefined
  }
}

/** The bytes that were read behind the prelude, then the rest of the stream. */
function following(first: Uint8Array, reader: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  let pending: Uint8Array | undefined = first.length === 0 ? undefined : first
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    const value = pending
    if (value === undefined) return reader.next()
    pending = undefined
    return Promise.resolve({ value, done: false })
  }
  const leave = async (): Promise<IteratorResult<Uint8Array>> => {
    await reader.return?.()
    return { value: undefined, done: true }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}

/** `timeoutInMillis` bounds the time until the head is known. */
function withinTime<T>(clock: Clock, timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () =>
      reject(fault('INTEGRATION_TIMEOUT', { log: 'Execution failed due to a timeout error' })),
    )
    work.then(resolve, reject).finally(cancel)
  })
}
