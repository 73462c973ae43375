// Functions at the AWS endpoint that the configuration names (`--lambda-endpoint`): Lambda's own API, signed.
import {
  createClient,
  ServiceFault,
  type Client,
  type Credentials,
  type OutgoingRequest,
  type Service,
  type Signing,
  type WireAnswer,
} from '@sluice/aws-protocol'
import type { InvokeWithResponseStreamResponseEvent, Operations } from '@sluice/aws-protocol/lambda'
import { sign } from '@sluice/sigv4'
import { parseFunctionArn } from '../nouns/function-arn.ts'
import type { Clock } from '../ports/clock.ts'
import {
  FunctionFault,
  type FunctionCall,
  type FunctionFaultReason,
  type Functions,
  type StreamEnd,
} from '../ports/functions.ts'
import { withinTime } from './function-deadline.ts'

export interface RemoteFunctionsParts {
  /** `https://lambda.eu-west-1.amazonaws.com`, or anything that speaks its API. */
  readonly endpoint: string
  /** Unsigned when absent. */
  readonly credentials: Credentials | undefined
  readonly clock: Clock
  /** The Lambda API's model; asked for at the first call. */
  readonly model: () => Service
}

/** Lambda's longest time-out is 15 minutes: an answer that takes longer will not come. */
const longestWaitMs = 910_000

const empty = new Uint8Array(0)

export function createRemoteFunctions(parts: RemoteFunctionsParts): Functions {
  return {
    async invoke(call) {
      const exchange = openExchange(parts, call)
      const output = await withinTime(parts.clock, call, faulting(exchange.client.call('Invoke', inputOf(call))))
      return {
        status: output.StatusCode ?? 200,
        payload: output.Payload ?? empty,
        functionError: output.FunctionError,
        executedVersion: output.ExecutedVersion ?? '$LATEST',
        requestId: exchange.requestId(),
        logTail: Buffer.from(output.LogResult ?? '', 'base64').toString(),
      }
    },
    async stream(call) {
      const { client, requestId } = openExchange(parts, call)
      const { InvocationType: _, ...input } = inputOf(call)
      const opened = await withinTime(parts.clock, call, faulting(client.call('InvokeWithResponseStream', input)))
      const ending = Promise.withResolvers<StreamEnd>()
      ending.promise.catch(() => {})
      return {
        chunks: readChunks(opened.EventStream, ending),
        contentType: opened.ResponseStreamContentType ?? 'application/octet-stream',
        end: ending.promise,
        executedVersion: opened.ExecutedVersion ?? '$LATEST',
        requestId: requestId(),
      }
    },
  }
}

type Input = Operations['Invoke']['input']

function inputOf(call: FunctionCall): Input {
  return {
    FunctionName: call.functionArn,
    InvocationType: call.type,
    Payload: typeof call.payload === 'string' ? Buffer.from(call.payload) : call.payload,
    ClientContext: call.clientContext === undefined ? undefined : Buffer.from(call.clientContext).toString('base64'),
    LogType: call.logTail === true ? 'Tail' : undefined,
  }
}

interface RemoteExchange {
  readonly client: Client<Operations>
  /** What the answer called the request. */
  readonly requestId: () => string
}

/** A client for one call: the trace id and the region are the call's own. */
function openExchange(parts: RemoteFunctionsParts, call: FunctionCall): RemoteExchange {
  const { endpoint, credentials, clock, model } = parts
  let requestId = ''
  const client = createClient<Operations>(model(), {
    endpoint,
    region: parseFunctionArn(call.functionArn)?.scope.region ?? 'us-east-1',
    send: async (request) => {
      const answer = await send(request, call.traceId)
      requestId = answer.headers['x-amzn-requestid'] ?? ''
      return answer
    },
    ...(credentials !== undefined && {
      credentials,
      sign: (request, signing) => signed(request, signing, clock.now()),
    }),
  })
  return { client, requestId: () => requestId }
}

function signed(request: OutgoingRequest, { credentials, region, service }: Signing, date: number): OutgoingRequest {
  const headers: Record<string, string> = { ...request.headers, host: request.host }
  const rawHeaders = Object.entries(headers).flat()
  const added = sign({ ...request, rawHeaders }, credentials, { region, service, date })
  for (let index = 0; index < added.length; index += 2) headers[added[index] ?? ''] = added[index + 1] ?? ''
  return { ...request, headers }
}

async function send(request: OutgoingRequest, traceId: string | undefined): Promise<WireAnswer> {
  const { request: dispatch } = await import('undici')
  const query = request.query === '' ? '' : `?${request.query}`
  const { statusCode, headers, body } = await dispatch(`${request.scheme}://${request.host}${request.path}${query}`, {
    method: request.method,
    headers: { ...request.headers, ...(traceId !== undefined && { 'x-amzn-trace-id': traceId }) },
    body: request.body.length === 0 ? null : request.body,
    headersTimeout: longestWaitMs,
    bodyTimeout: longestWaitMs,
  })
  const plain = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  const isStream = headers['content-type'] === 'application/vnd.amazon.eventstream'
  return {
    status: statusCode,
    headers: Object.fromEntries(plain) as Record<string, string>,
    body: isStream ? body : await body.bytes(),
  }
}

async function* readChunks(
  events: AsyncIterable<InvokeWithResponseStreamResponseEvent> | undefined,
  ending: PromiseWithResolvers<StreamEnd>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const { PayloadChunk, InvokeComplete } of events ?? []) {
      if (PayloadChunk?.Payload !== undefined) yield PayloadChunk.Payload
      if (InvokeComplete === undefined) continue
      const { ErrorCode, ErrorDetails = '', LogResult = '' } = InvokeComplete
      const logTail = Buffer.from(LogResult, 'base64').toString()
      ending.resolve({ functionError: ErrorCode, payload: Buffer.from(ErrorDetails), logTail })
      if (ErrorCode !== undefined) throw new Error('the function failed before its answer was complete')
      return
    }
    throw new Error('the answer of the function ended early')
  } finally {
    // Without effect when it has ended already.
    ending.reject(unavailable(new Error('the answer of the function was not read to its end')))
  }
}

const byStatus: Readonly<Record<number, FunctionFaultReason>> = {
  403: 'denied',
  404: 'not-found',
  413: 'too-large',
  429: 'throttled',
}

/** The port's faults for the endpoint's. */
async function faulting<Output>(work: Promise<Output>): Promise<Output> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw unavailable(error)
    const { status, code, message, members } = error
    const reason = byStatus[status] ?? (status >= 500 ? 'unavailable' : 'refused')
    const throttle = typeof members['Reason'] === 'string' ? members['Reason'] : undefined
    throw new FunctionFault(reason, { status, code, message, throttle, cause: error })
  }
}

function unavailable(cause: unknown): FunctionFault {
  const message = `The Lambda endpoint did not answer: ${(cause as Error).message}`
  return new FunctionFault('unavailable', { status: 503, code: 'ServiceException', message, cause })
}
