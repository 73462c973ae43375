// AWS_PROXY of WebSocket APIs: a Lambda function gets the event, and decides about `$connect` or answers a message. WebSocket 26.6.
import { utf8 } from '../../nouns/bytes.ts'
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { socketRouteArn, type Replied, type SocketExchange, type SocketRoute } from '../../nouns/socket.ts'
import { socketTraceId } from '../../nouns/trace-id.ts'
import type { FunctionCall, Functions } from '../../ports/functions.ts'
import type { NamedRole } from '../../ports/roles.ts'
import type { Step } from '../pipeline.ts'
import { compileSocketEvent } from './events/socket.ts'
import { invokeFunction } from './invocation.ts'
import { functionError } from './lambda-proxy.ts'
import { lambdaFunctionArn } from './lambda-uri.ts'
import { fillStageVariables } from './uri.ts'

export interface SocketLambdaSettings {
  readonly route: SocketRoute
  readonly uri: string
  readonly timeoutMs: number
  /** The role as which the function is invoked; undefined: by its resource policy. */
  readonly role: NamedRole | undefined
}

/** Throws GatewayFault when the function cannot be invoked, fails, or answers what is no answer. */
export function socketLambdaProxy(settings: SocketLambdaSettings, functions: Functions): Step<SocketExchange, Replied> {
  const { route, timeoutMs, role } = settings
  const functionArn = lambdaFunctionArn(fillStageVariables(settings.uri, route.stage.variables))
  const event = compileSocketEvent(route)
  const sourceArn = socketRouteArn(route)
  return {
    name: 'integrate',
    run: async (exchange) => {
      if (functionArn === undefined) throw configurationFault('Invalid ARN specified in the request')
      const trace = socketTraceId(incomingTrace(exchange), exchange.receivedAtMs)
      const call: FunctionCall = {
        functionArn,
        payload: event(exchange, trace),
        type: 'RequestResponse',
        sourceArn,
        principal: 'apigateway.amazonaws.com',
        role,
        traceId: trace,
        timeoutMs,
      }
      const answer = await invokeFunction(functions, call, exchange, route.stage.apiId)
      if (answer.functionError !== undefined) throw badAnswer(functionError(answer).message)
      if (exchange.eventType === 'CONNECT') return { reply: connectReply(answer.payload) }
      // What the function of a one-way route returns is read by nobody, and may be anything.
      return route.isTwoWay ? { reply: messageReply(answer.payload) } : nothingToSay
    },
  }
}

const nothingToSay: Replied = { reply: { status: 200, body: '', subprotocol: undefined } }

export function incomingTrace({ handshake }: SocketExchange): string | undefined {
  return handshake === undefined ? undefined : lastHeader(handshake.headers, 'x-amzn-trace-id')
}

/** A backend that answered, but nothing that can be used. */
function badAnswer(log: string): GatewayFault {
  return fault('DEFAULT_5XX', { status: 502, errorType: 'BadGatewayException', log })
}

const malformed = (): GatewayFault =>
  badAnswer('Execution failed due to configuration error: Malformed Lambda proxy response')

type Result = Readonly<Record<string, unknown>>

function resultOf(payload: Uint8Array): Result {
  let value: unknown
  try {
    value = JSON.parse(utf8(payload))
  } catch {
    throw malformed()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed()
  return value as Result
}

function connectReply(payload: Uint8Array): Replied['reply'] {
  const result = resultOf(payload)
  const status = statusOf(result['statusCode'])
  if (status === undefined) throw malformed()
  return { status, body: bodyOf(result) ?? '', subprotocol: subprotocolOf(result) }
}

/** Open choice: what is no object, or has neither a body nor a status, is no answer. */
function messageReply(payload: Uint8Array): Replied['reply'] {
  const result = resultOf(payload)
  const body = bodyOf(result)
  const status = statusOf(result['statusCode'])
  if (body === undefined && status === undefined) throw malformed()
  return { status: status ?? 200, body: body ?? '', subprotocol: undefined }
}

/** A number, or digits in quotes, of three digits. Below 200 no final answer begins. */
function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined
}

function bodyOf(result: Result): string | undefined {
  const { body, isBase64Encoded } = result as { readonly body?: unknown; readonly isBase64Encoded?: unknown }
  if (body === undefined || body === null) return undefined
  if (typeof body !== 'string') throw malformed()
  return isBase64Encoded === true ? Buffer.from(body, 'base64').toString('utf8') : body
}

function subprotocolOf(result: Result): string | undefined {
  for (const member of [result['headers'], result['multiValueHeaders']]) {
    if (typeof member !== 'object' || member === null) continue
    const entry = Object.entries(member).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')
    const value: unknown = Array.isArray(entry?.[1]) ? entry[1][0] : entry?.[1]
    if (typeof value === 'string') return value
  }
  return undefined
}
