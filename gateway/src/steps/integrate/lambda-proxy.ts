// AWS_PROXY of REST APIs: a Lambda function gets the whole request and writes the whole answer. Recorded: REST 32; S L.2.
import type { Answered } from '../../nouns/exchange.ts'
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { lambdaPayloadBytes } from '../../nouns/limits.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { RestAdmitted, RestMethod } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { FunctionAnswer, FunctionCall, Functions } from '../../ports/functions.ts'
import { lambdaProxyAnswer } from '../answer/lambda-proxy-answer.ts'
import type { Step } from '../pipeline.ts'
import { compileRestEvent } from './events/rest.ts'
import { invokeFunction } from './invocation.ts'
import { lambdaFunctionArn } from './lambda-uri.ts'
import { fillStageVariables } from './uri.ts'

export interface LambdaProxySettings {
  readonly method: RestMethod
  readonly uri: string
  /** Must be POST: anything else fails every call, as on AWS. */
  readonly httpMethod: string
  readonly timeoutMs: number
}

export function lambdaProxy(settings: LambdaProxySettings, functions: Functions): Step<RestAdmitted, Answered> {
  const { method, timeoutMs, httpMethod } = settings
  const { stage } = method
  const functionArn = lambdaFunctionArn(fillStageVariables(settings.uri, stage.variables))
  const event = compileRestEvent(method)
  const arnPrefix = `arn:aws:execute-api:${stage.region}:${stage.account}:${stage.apiId}/${stage.stageName}/`

  return {
    name: 'integrate',
    run: async (exchange) => {
      // AWS: any verb but POST fails with INTEGRATION_FAILURE's type and status 500 — recorded, rest specification 5.3
      if (httpMethod !== 'POST') throw fault('INTEGRATION_FAILURE', { status: 500, message: 'Internal server error' })
      if (functionArn === undefined) throw configurationFault('Invalid ARN specified in the request')
      const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
      const payload = event(exchange, trace)
      if (Buffer.byteLength(payload) > lambdaPayloadBytes)
        throw fault('REQUEST_TOO_LARGE', { message: 'Request Too Long' })
      const sourceArn = `${arnPrefix}${exchange.method}${method.resourcePath}`
      const invocation: FunctionCall = {
        functionArn,
        payload,
        type: 'RequestResponse',
        sourceArn,
        principal: 'apigateway.amazonaws.com',
        traceId: trace,
        timeoutMs,
      }
      const answer = await invokeFunction(functions, invocation, exchange, stage.apiId)
      if (answer.functionError !== undefined) throw functionError(answer)
      const clientAnswer = lambdaProxyAnswer(answer.payload, () => {
        const accept = lastHeader(exchange.headers, 'accept')
        return accept !== undefined && stage.isBinary(firstMediaType(accept))
      })
      clientAnswer.headers.push('X-Amzn-Trace-Id', trace)
      return { answer: clientAnswer }
    },
  }
}

/** A function that ran and failed: 502, its error in the log only. */
export function functionError({ payload, requestId }: Pick<FunctionAnswer, 'payload' | 'requestId'>): GatewayFault {
  const message = errorMessageOf(payload)
  return fault('DEFAULT_5XX', {
    status: 502,
    log: `Lambda execution failed with status 200 due to customer function error: ${message}. Lambda request id: ${requestId}`,
  })
}

function errorMessageOf(payload: Uint8Array): string {
  try {
    const value = JSON.parse(Buffer.from(payload).toString('utf8')) as { errorMessage?: unknown } | null
    return typeof value?.errorMessage === 'string' ? value.errorMessage : 'null'
  } catch {
    return 'null'
  }
}
