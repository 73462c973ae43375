// One invocation of a REST or WebSocket integration's function: what failed becomes a fault, and whoever listens or records is told.
import { randomUUID } from 'node:crypto'
import { tellEndpointResponse, tellInvocation } from '../../nouns/execution-lines.ts'
import type { Received } from '../../nouns/exchange.ts'
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { FunctionFault, type FunctionAnswer, type FunctionCall, type Functions } from '../../ports/functions.ts'

/** The request or event that a function is invoked for. */
export type Invoking = Pick<Received, 'requestId' | 'receivedAtMs' | 'listener' | 'work'>

/** Throws GatewayFault. */
export async function invokeFunction(
  functions: Functions,
  call: FunctionCall,
  exchange: Invoking,
  apiId: string,
): Promise<FunctionAnswer> {
  const { listener, work } = exchange
  const startedMs = performance.now()
  tellCall(call, exchange, apiId)
  try {
    const answer = await functions.invoke(call)
    if (work !== undefined) work.awsRequestId = answer.requestId
    if (listener !== undefined) {
      const { status, payload } = answer
      const latencyMs = performance.now() - startedMs
      const headers = answerHeaders(answer, exchange, call.traceId)
      tellEndpointResponse(listener, { status, headers, body: payload, latencyMs })
    }
    return answer
  } catch (error) {
    throw error instanceof FunctionFault ? invocationFault(error) : error
  }
}

/** Tells a listener what goes to Lambda. */
export function tellCall({ functionArn, payload }: FunctionCall, exchange: Invoking, apiId: string): void {
  const { listener, requestId, receivedAtMs } = exchange
  if (listener !== undefined) tellInvocation(listener, { functionArn, requestId, apiId, payload, atMs: receivedAtMs })
}

/** What Lambda says to a verb other than POST. Source: AWS's knowledge centre, with its 130 bytes. */
const verbRefusal =
  '<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n'

/** AWS: any verb but POST fails with INTEGRATION_FAILURE's type and status 500 — recorded; REST 5.3 */
export function refusedVerb(call: FunctionCall, exchange: Invoking, apiId: string): GatewayFault {
  tellCall(call, exchange, apiId)
  const { listener, receivedAtMs } = exchange
  if (listener !== undefined) {
    const requestId = randomUUID()
    const date = new Date(receivedAtMs).toUTCString()
    const length = String(verbRefusal.length)
    const headers = ['Date', date, 'Content-Length', length, 'Connection', 'keep-alive', 'x-amzn-RequestId', requestId]
    tellEndpointResponse(listener, { status: 403, headers, body: verbRefusal, latencyMs: 0 })
    listener.logged(`Lambda invocation failed with status: 403. Lambda request id: ${requestId}`)
  }
  return fault('INTEGRATION_FAILURE', {
    status: 500,
    message: 'Internal server error',
    log: 'Execution failed due to configuration error: ',
  })
}

/** Lambda's answer headers, as the log shows them. Recorded: REST 19. */
function answerHeaders(
  { payload, requestId, executedVersion }: FunctionAnswer,
  { receivedAtMs }: Invoking,
  traceId: string | undefined,
): readonly string[] {
  const pairs = {
    Date: new Date(receivedAtMs).toUTCString(),
    'Content-Type': 'application/json',
    'Content-Length': String(payload.length),
    Connection: 'keep-alive',
    'x-amzn-RequestId': requestId,
    'x-amzn-Remapped-Content-Length': '0',
    'X-Amz-Executed-Version': executedVersion,
    'X-Amzn-Trace-Id': traceId ?? '',
  }
  return Object.entries(pairs).flat()
}

/** What a call that reached no result is to the client. REST 5.3. */
export function invocationFault(error: FunctionFault): GatewayFault {
  switch (error.reason) {
    case 'timeout':
      return fault('INTEGRATION_TIMEOUT', { log: 'Execution failed due to a timeout error', cause: error })
    case 'denied':
    case 'not-found':
      return configurationFault('Invalid permissions on Lambda function', error)
    case 'role':
      return configurationFault(error.message, error)
    case 'throttled':
      return fault('INTEGRATION_FAILURE', {
        status: 500,
        message: 'Internal server error',
        log: 'Execution failed due to configuration error: Rate Exceeded.',
        cause: error,
      })
    case 'too-large':
      return fault('REQUEST_TOO_LARGE', { message: 'Request Too Long', cause: error })
    case 'unavailable':
    case 'refused':
      return fault('DEFAULT_5XX', {
        status: 502,
        log: `Lambda invocation failed with status: ${error.status}.`,
        cause: error,
      })
  }
}
