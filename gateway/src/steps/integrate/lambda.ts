// AWS of REST APIs with a Lambda function: the template makes the event, the payload is mapped into the answer. Recorded: REST 31; REST 5.4.
import { utf8 } from '../../nouns/bytes.ts'
import { configurationFault, fault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { lambdaPayloadBytes } from '../../nouns/limits.ts'
import type { Mapped, MappedParameters, Returned } from '../../nouns/outgoing.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { FunctionAnswer, FunctionCall, Functions } from '../../ports/functions.ts'
import type { NamedRole } from '../../ports/roles.ts'
import type { Step } from '../pipeline.ts'
import { invokeFunction, refusedVerb } from './invocation.ts'
import { lambdaFunctionArn } from './lambda-uri.ts'
import { fillStageVariables } from './uri.ts'

export interface LambdaSettings {
  readonly stage: RestStage
  readonly uri: string
  /** Must be POST: anything else fails every call, as for Lambda proxies. */
  readonly httpMethod: string
  readonly timeoutMs: number
  /** The role as which the function is invoked; undefined: by its resource policy. */
  readonly role: NamedRole | undefined
}

/** Throws GatewayFault when the function cannot be invoked; a function that fails has returned, with an error message to select by. */
export function lambda(settings: LambdaSettings, functions: Functions): Step<RestAdmitted & Mapped, Returned> {
  const { stage, timeoutMs, httpMethod, role } = settings
  const functionArn = lambdaFunctionArn(fillStageVariables(settings.uri, stage.variables))
  const arnPrefix = `arn:aws:execute-api:${stage.region}:${stage.account}:${stage.apiId}/${stage.stageName}/`

  return {
    name: 'integrate',
    run: async (exchange) => {
      if (functionArn === undefined) throw configurationFault('Invalid ARN specified in the request')
      const { mapped, outgoingBody } = exchange
      const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
      // Recorded: without a body the function gets `{}`.
      const payload = outgoingBody.length === 0 ? '{}' : outgoingBody
      if (Buffer.byteLength(payload) > lambdaPayloadBytes)
        throw fault('REQUEST_TOO_LARGE', { message: 'Request Too Long' })
      const refusal = refusalOf(payload)
      if (refusal !== undefined) return { returned: { ...returnedBy(refusal), traceId: trace } }
      const call: FunctionCall = {
        functionArn,
        payload,
        type: invocationType(mapped),
        sourceArn: `${arnPrefix}${exchange.method}${exchange.target.resourcePath}`,
        principal: 'apigateway.amazonaws.com',
        role,
        clientContext: mappedHeader(mapped, 'x-amz-client-context'),
        traceId: trace,
        timeoutMs,
      }
      if (httpMethod !== 'POST') throw refusedVerb(call, exchange, stage.apiId)
      const answer = await invokeFunction(functions, call, exchange, stage.apiId)
      return { returned: { ...returnedBy(answer), traceId: trace } }
    },
  }
}

const invocationTypes: ReadonlySet<string> = new Set(['RequestResponse', 'Event', 'DryRun'])

/** The mapped header `X-Amz-Invocation-Type`; Lambda refuses what is none of its types. */
function invocationType(mapped: MappedParameters): FunctionCall['type'] {
  const type = mappedHeader(mapped, 'x-amz-invocation-type') ?? 'RequestResponse'
  if (!invocationTypes.has(type)) throw configurationFault(`Invalid invocation type: ${type}`)
  return type as FunctionCall['type']
}

function mappedHeader({ headers }: MappedParameters, name: string): string | undefined {
  return headers.findLast(([candidate]) => candidate.toLowerCase() === name)?.[1]
}

type InvokedAnswer = Pick<FunctionAnswer, 'status' | 'payload'> & Partial<Pick<FunctionAnswer, 'functionError'>>

/** Lambda's answer to an event that is no JSON, which is mapped like any other — REST 5.4. */
function refusalOf(event: Uint8Array | string): InvokedAnswer | undefined {
  try {
    JSON.parse(typeof event === 'string' ? event : utf8(event))
    return undefined
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : ''}`
    return { status: 400, payload: Buffer.from(JSON.stringify({ Type: 'User', message })) }
  }
}

function returnedBy({ status, payload, functionError }: InvokedAnswer): Omit<Returned['returned'], 'traceId'> {
  const selector = functionError === undefined ? undefined : errorMessageOf(payload)
  return { status, headers: ['Content-Type', 'application/json'], body: payload, selector }
}

/** `errorMessage` of a failed function's error object. */
function errorMessageOf(payload: Uint8Array): string | undefined {
  try {
    const value = JSON.parse(utf8(payload)) as { readonly errorMessage?: unknown } | null
    return typeof value?.errorMessage === 'string' ? value.errorMessage : undefined
  } catch {
    return undefined
  }
}
