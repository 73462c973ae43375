// AWS of WebSocket APIs with a Lambda function: the template makes the event, integration responses make the answer. WebSocket 27.
import { utf8 } from '../../nouns/bytes.ts'
import { configurationFault } from '../../nouns/faults.ts'
import type { Returned } from '../../nouns/outgoing.ts'
import { socketRouteArn, type SocketExchange } from '../../nouns/socket.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { FunctionCall, Functions } from '../../ports/functions.ts'
import type { Step } from '../pipeline.ts'
import { invokeFunction } from './invocation.ts'
import { lambdaFunctionArn } from './lambda-uri.ts'
import { incomingTrace, type SocketLambdaSettings } from './socket-lambda-proxy.ts'
import { fillStageVariables } from './uri.ts'

interface Outgoing {
  readonly outgoingBody: Uint8Array | string
}

/** Throws GatewayFault when the function cannot be invoked; one that fails has returned, with an error message to select by. */
export function socketLambda(
  settings: SocketLambdaSettings,
  functions: Functions,
): Step<SocketExchange & Outgoing, Returned> {
  const { route, timeoutMs, role } = settings
  const functionArn = lambdaFunctionArn(fillStageVariables(settings.uri, route.stage.variables))
  const sourceArn = socketRouteArn(route)
  return {
    name: 'integrate',
    run: async (exchange) => {
      if (functionArn === undefined) throw configurationFault('Invalid ARN specified in the request')
      const { outgoingBody } = exchange
      const trace = traceId(incomingTrace(exchange), exchange.receivedAtMs)
      const call: FunctionCall = {
        functionArn,
        payload: outgoingBody.length === 0 ? '{}' : outgoingBody,
        type: 'RequestResponse',
        sourceArn,
        principal: 'apigateway.amazonaws.com',
        role,
        traceId: trace,
        timeoutMs,
      }
      const { payload, functionError } = await invokeFunction(functions, call, exchange, route.stage.apiId)
      const selector = functionError === undefined ? undefined : errorMessageOf(utf8(payload))
      // A function that failed never opens a connection, whatever its error is mapped to (?).
      const status = functionError === undefined ? 200 : 502
      const headers = ['Content-Type', 'application/json']
      return { returned: { status, headers, body: payload, selector, traceId: trace } }
    },
  }
}

/** `errorMessage` of a backend's answer: what integration responses are selected by. Undefined when it has none. */
export function errorMessageOf(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as { readonly errorMessage?: unknown } | null
    return typeof value?.errorMessage === 'string' ? value.errorMessage : undefined
  } catch {
    return undefined
  }
}
