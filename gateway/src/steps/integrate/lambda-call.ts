// The call that a Lambda proxy integration of a REST API makes, buffered or streamed. REST 5.1–5.3.
import { configurationFault, fault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { lambdaPayloadBytes } from '../../nouns/limits.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { FunctionCall } from '../../ports/functions.ts'
import type { NamedRole } from '../../ports/roles.ts'
import { compileRestEvent } from './events/rest.ts'
import { refusedVerb } from './invocation.ts'
import { lambdaFunctionArn } from './lambda-uri.ts'
import { fillStageVariables } from './uri.ts'

export interface LambdaProxySettings {
  readonly stage: RestStage
  readonly uri: string
  /** Must be POST: anything else fails every call, as on AWS. */
  readonly httpMethod: string
  readonly timeoutMs: number
  /** The role as which the function is invoked; undefined: by its resource policy. */
  readonly role: NamedRole | undefined
}

/** A call with its trace id, which the answer to the client carries too. */
export type TracedCall = FunctionCall & { readonly traceId: string }

/** Works out once what is the same for all requests. The compiled call throws GatewayFault where the function cannot be called. */
export function compileLambdaCall(settings: LambdaProxySettings): (exchange: RestAdmitted) => TracedCall {
  const { stage, timeoutMs, httpMethod, role } = settings
  const functionArn = lambdaFunctionArn(fillStageVariables(settings.uri, stage.variables))
  const event = compileRestEvent(stage)
  const arnPrefix = `arn:aws:execute-api:${stage.region}:${stage.account}:${stage.apiId}/${stage.stageName}/`

  return (exchange) => {
    if (functionArn === undefined) throw configurationFault('Invalid ARN specified in the request')
    const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
    const payload = event(exchange, trace)
    if (Buffer.byteLength(payload) > lambdaPayloadBytes) {
      throw fault('REQUEST_TOO_LARGE', { message: 'Request Too Long' })
    }
    const call: TracedCall = {
      functionArn,
      payload,
      type: 'RequestResponse',
      sourceArn: `${arnPrefix}${exchange.method}${exchange.target.resourcePath}`,
      principal: 'apigateway.amazonaws.com',
      role,
      traceId: trace,
      timeoutMs,
    }
    if (httpMethod !== 'POST') throw refusedVerb(call, exchange, stage.apiId)
    return call
  }
}
