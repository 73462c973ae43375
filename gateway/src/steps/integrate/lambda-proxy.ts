// AWS_PROXY of REST APIs: a Lambda function gets the whole request and writes the whole answer. Recorded: REST 32; S L.2.
import type { Answered } from '../../nouns/exchange.ts'
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { lambdaPayloadBytes } from '../../nouns/limits.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { RestAdmitted, RestMethod } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import { FunctionFault, type FunctionAnswer, type Functions } from '../../ports/functions.ts'
import { lambdaProxyAnswer } from '../answer/lambda-proxy-answer.ts'
import type { Step } from '../pipeline.ts'
import { compileRestEvent } from './events/rest.ts'
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
      const answer = await call(functions, {
        functionArn,
        payload,
        type: 'RequestResponse',
        sourceArn,
        principal: 'apigateway.amazonaws.com',
        traceId: trace,
        timeoutMs,
      })
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

async function call(functions: Functions, request: Parameters<Functions['invoke']>[0]): Promise<FunctionAnswer> {
  try {
    return await functions.invoke(request)
  } catch (error) {
    throw error instanceof FunctionFault ? invocationFault(error) : error
  }
}

/** What a call that reached no result is to a REST API's client. rest specification 5.3. */
export function invocationFault(error: FunctionFault): GatewayFault {
  switch (error.reason) {
    case 'timeout':
      return fault('INTEGRATION_TIMEOUT', { log: 'Execution failed due to a timeout error', cause: error })
    case 'denied':
    case 'not-found':
      return configurationFault('Invalid permissions on Lambda function', error)
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

function functionError({ payload, requestId }: FunctionAnswer): GatewayFault {
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
