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
import { FunctionFault, type FunctionCall, type Functions, type StreamEnd } from '../ports/functions.ts'
import type { Roles, RoleSession } from '../ports/roles.ts'
import type { Upstream } from '../ports/upstream.ts'
import { audienceOf } from './audience.ts'
import { withinTime } from './function-deadline.ts'
import { refusalReason, roleFault, unavailable } from './function-faults.ts'
import { createRemoteInvoke, longestWaitMs } from './remote-invoke.ts'

export interface RemoteFunctionsParts {
  /** `https://lambda.eu-west-1.amazonaws.com`, or anything that speaks its API. */
  readonly endpoint: string
  /** What calls without a role are signed with; unsigned when absent. */
  readonly credentials: Credentials | undefined
  readonly upstream: Upstream
  /** Takes on the roles that calls name; absent: nobody's are asked for. */
  readonly roles?: Roles | undefined
  readonly clock: Clock
  /** The Lambda API's model; asked for at the first call. */
  readonly model: () => Service
}

/** The caller's own time-out comes first; then the connection is given up too. */
const graceMs = 1_000

export function createRemoteFunctions(parts: RemoteFunctionsParts): Functions {
  const invoke = createRemoteInvoke(parts)
  const signerOf = createSigner(parts)
  return {
    async invoke(call) {
      const credentials = signerOf(call)
      return invoke(call, credentials instanceof Promise ? await credentials : credentials)
    },
    async stream(call) {
      const { client, requestId } = await openExchange(parts, call, signerOf)
      const opened = await withinTime(
        parts.clock,
        call,
        faulting(client.call('InvokeWithResponseStream', inputOf(call))),
      )
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

type Input = Operations['InvokeWithResponseStream']['input']

function inputOf(call: FunctionCall): Input {
  return {
    FunctionName: call.functionArn,
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
async function openExchange(
  parts: RemoteFunctionsParts,
  call: FunctionCall,
  signerOf: Signer,
): Promise<RemoteExchange> {
  const { endpoint, clock, model } = parts
  const credentials = await signerOf(call)
  let requestId = ''
  const client = createClient<Operations>(model(), {
    endpoint,
    region: parseFunctionArn(call.functionArn)?.scope.region ?? 'us-east-1',
    send: async (request) => {
      const answer = await send(request, parts.upstream, call)
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

type Signer = (call: FunctionCall) => Credentials | undefined | Promise<Credentials | undefined>

/** Whom a call is signed as: at hand, unless its role has to be taken on. Throws, or rejects with, FunctionFault. */
function createSigner({ endpoint, roles, credentials }: RemoteFunctionsParts): Signer {
  const audience = audienceOf(new URL(endpoint).hostname)
  const keysOf = (session: RoleSession | undefined): Credentials | undefined => session?.credentials ?? credentials
  const refuse = (error: unknown): never => {
    throw roleFault(error)
  }
  return ({ role }) => {
    if (role === undefined || roles === undefined) return credentials
    try {
      const session = roles.assume(role, audience)
      return session instanceof Promise ? session.then(keysOf, refuse) : keysOf(session)
    } catch (error) {
      return refuse(error)
    }
  }
}

function signed(request: OutgoingRequest, { credentials, region, service }: Signing, date: number): OutgoingRequest {
  const headers: Record<string, string> = { ...request.headers, host: request.host }
  const rawHeaders = Object.entries(headers).flat()
  const added = sign({ ...request, rawHeaders }, credentials, { region, service, date })
  for (let index = 0; index < added.length; index += 2) headers[added[index] ?? ''] = added[index + 1] ?? ''
  return { ...request, headers }
}

async function send(request: OutgoingRequest, upstream: Upstream, call: FunctionCall): Promise<WireAnswer> {
  const { scheme, host, path, query, method, body } = request
  const { 'x-amzn-trace-id': _, ...headers } = request.headers
  const rawHeaders = Object.entries({ ...headers, host }).flat()
  if (call.traceId !== undefined) rawHeaders.push('x-amzn-trace-id', call.traceId)
  const backend = upstream.to(`${scheme}://${host}`)
  const outgoing = {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: rawHeaders,
    body,
    timeoutMs: call.timeoutMs === undefined ? longestWaitMs : Math.min(call.timeoutMs + graceMs, longestWaitMs),
  }
  const { status, headers: answered, body: chunks } = await backend.stream(outgoing)
  if (status < 300) return { status, headers: joined(answered), body: chunks }
  // A refusal is no event stream.
  const refusal: Uint8Array[] = []
  for await (const chunk of chunks) refusal.push(chunk)
  return { status, headers: joined(answered), body: Buffer.concat(refusal) }
}

/** By lower-cased name. */
function joined(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
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

/** The port's faults for the endpoint's. */
async function faulting<Output>(work: Promise<Output>): Promise<Output> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw unavailable(error)
    const { status, code, message, members } = error
    const throttle = typeof members['Reason'] === 'string' ? members['Reason'] : undefined
    throw new FunctionFault(refusalReason(status), { status, code, message, throttle, cause: error })
  }
}
