// Invoking functions through the Lambda API. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import { ServiceFault, type Handlers } from '@sluice/aws-protocol'
import {
  InvalidRequestContentException,
  type InvocationRequest,
  type InvokeWithResponseStreamResponseEvent,
  type Operations,
} from '@sluice/aws-protocol/lambda'
import { FunctionFault, type FunctionCall, type StreamedAnswer } from '../../ports/functions.ts'
import type { Call } from '../call.ts'
import { unavailable } from './faults.ts'
import { nameOf } from './name.ts'
import type { LambdaParts } from './parts.ts'

type Names = 'Invoke' | 'InvokeAsync' | 'InvokeWithResponseStream'

const longestClientContextBytes = 3_583

export function invokeHandlers({ functions }: LambdaParts): Handlers<Operations, Names, Call> {
  return {
    Invoke: async (input, call) => {
      const answer = await faulting(functions.invoke(functionCall(input, call)))
      if (answer.status !== 200) return { StatusCode: answer.status, Payload: new Uint8Array(0) }
      return {
        StatusCode: 200,
        Payload: answer.payload,
        FunctionError: answer.functionError,
        ExecutedVersion: answer.executedVersion,
        LogResult: input.LogType === 'Tail' ? Buffer.from(answer.logTail).toString('base64') : undefined,
      }
    },
    InvokeAsync: async ({ FunctionName, InvokeArgs }, call) => {
      const request: InvocationRequest = { FunctionName, Payload: InvokeArgs, InvocationType: 'Event' }
      await faulting(functions.invoke(functionCall(request, call)))
      return { Status: 202 }
    },
    InvokeWithResponseStream: async (input, call) => {
      const request = functionCall(input, call)
      if (input.InvocationType === 'DryRun') {
        await faulting(functions.invoke(request))
        return { StatusCode: 204 }
      }
      const answer = await faulting(functions.stream(request))
      const { executedVersion: ExecutedVersion } = answer
      return { StatusCode: 200, ExecutedVersion, EventStream: eventsOf(answer, input.LogType === 'Tail') }
    },
  }
}

function functionCall(input: InvocationRequest, call: Call): FunctionCall {
  for (const member of ['DurableExecutionName', 'TenantId'] as const) {
    if (input[member] !== undefined) throw unavailable(member)
  }
  return {
    functionArn: nameOf(call, 'InvokeFunction', input.FunctionName, input.Qualifier).arn,
    payload: payloadOf(input.Payload),
    type: input.InvocationType ?? 'RequestResponse',
    principal: call.principal.arn,
    clientContext: clientContextOf(input.ClientContext),
    logTail: input.LogType === 'Tail',
  }
}

/** No payload is an empty event. Throws InvalidRequestContentException for what is not JSON. */
function payloadOf(payload: Uint8Array | undefined): Uint8Array | string {
  if (payload === undefined || payload.length === 0) return '{}'
  try {
    JSON.parse(Buffer.from(payload).toString())
    return payload
  } catch (error) {
    throw new InvalidRequestContentException(
      `Could not parse request body into json: Could not parse payload into json: ${(error as Error).message}`,
      { Type: 'User' },
    )
  }
}

function clientContextOf(clientContext: string | undefined): string | undefined {
  if (clientContext === undefined) return undefined
  const text = Buffer.from(clientContext, 'base64').toString()
  if (clientContext.length <= longestClientContextBytes && isJson(text)) return text
  throw new InvalidRequestContentException('Client context must be a valid Base64-encoded JSON object.', {
    Type: 'User',
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

async function* eventsOf(
  { chunks, end }: StreamedAnswer,
  withLog: boolean,
): AsyncGenerator<InvokeWithResponseStreamResponseEvent, void, undefined> {
  try {
    for await (const Payload of chunks) yield { PayloadChunk: { Payload } }
  } catch {
    // Whether and how the function failed is in the stream's last event.
  }
  const { functionError, payload, logTail } = await end
  yield {
    InvokeComplete: {
      ErrorCode: functionError,
      ErrorDetails: functionError === undefined ? undefined : Buffer.from(payload).toString(),
      LogResult: withLog ? Buffer.from(logTail).toString('base64') : undefined,
    },
  }
}

/** Throws Lambda's faults for those of the port. */
async function faulting<Answer>(work: Promise<Answer>): Promise<Answer> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof FunctionFault)) throw error
    const { status, code, message, throttle } = error
    throw new ServiceFault(code, status, message, {
      members: { Type: status < 500 ? 'User' : 'Service', Reason: throttle },
      cause: error,
    })
  }
}
