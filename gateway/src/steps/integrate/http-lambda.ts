// AWS_PROXY of HTTP APIs without a subtype: a Lambda function, payload format 1.0 or 2.0. HTTP 5.
import type { Answered } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { HttpAdmitted, HttpMapped, HttpRoute } from '../../nouns/http.ts'
import { lambdaPayloadBytes } from '../../nouns/limits.ts'
import { httpTraceId } from '../../nouns/trace-id.ts'
import { FunctionFault, type FunctionAnswer, type Functions } from '../../ports/functions.ts'
import type { NamedRole } from '../../ports/roles.ts'
import { httpLambdaAnswer } from '../answer/http-lambda-answer.ts'
import type { Step } from '../pipeline.ts'
import { compileHttpEvent1 } from './events/http-1.ts'
import { compileHttpEvent2 } from './events/http-2.ts'
import { lambdaFunctionArn } from './lambda-uri.ts'
import { noRole } from './named-role.ts'
import { fillStageVariables } from './uri.ts'

export interface HttpLambdaSettings {
  readonly route: HttpRoute
  readonly uri: string
  readonly format: '1.0' | '2.0'
  readonly timeoutMs: number
  /** The role as which the function is invoked; undefined: by its resource policy. */
  readonly role: NamedRole | undefined
}

/** What the log says of a function that must not be invoked. */
export const noPermission =
  "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again."

export function httpLambda(
  settings: HttpLambdaSettings,
  functions: Functions,
): Step<HttpAdmitted & Partial<HttpMapped>, Answered> {
  const { route, format, timeoutMs, role } = settings
  const { stage } = route
  const functionArn = lambdaFunctionArn(fillStageVariables(settings.uri, stage.variables))
  const event = format === '1.0' ? compileHttpEvent1(route) : compileHttpEvent2(route)
  const arnPrefix = `arn:aws:execute-api:${stage.region}:${stage.account}:${stage.apiId}/${stage.stageName}/`

  return {
    name: 'integrate',
    run: async (exchange) => {
      if (functionArn === undefined) throw new HttpFault(500, 'Internal Server Error', { log: noPermission })
      const trace = httpTraceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
      const payload = event(exchange.outgoing === undefined ? exchange : mapped(exchange, exchange.outgoing), trace)
      if (Buffer.byteLength(payload) > lambdaPayloadBytes) throw new HttpFault(413, 'Request Entity Too Large')
      const routeArn = route.path === '$default' ? '$default' : `${exchange.method}${route.path}`
      const answer = await invoke(functions, {
        functionArn,
        payload,
        type: 'RequestResponse',
        sourceArn: `${arnPrefix}${routeArn}`,
        principal: 'apigateway.amazonaws.com',
        role,
        traceId: trace,
        timeoutMs,
      })
      if (exchange.work !== undefined) exchange.work.awsRequestId = answer.requestId
      if (answer.functionError !== undefined) {
        const log = `The Lambda function returned the following error: ${Buffer.from(answer.payload).toString('utf8').slice(0, 1024)}. Check your Lambda function code and try again.`
        throw new HttpFault(500, 'Internal Server Error', { log })
      }
      return { answer: httpLambdaAnswer(answer.payload, format) }
    },
  }
}

/** The request as parameter mappings changed it. HTTP 9.6. */
function mapped(exchange: HttpAdmitted, { headers, rawQuery, path }: HttpMapped['outgoing']): HttpAdmitted {
  return { ...exchange, headers, rawQuery, rawPath: path ?? exchange.rawPath }
}

async function invoke(functions: Functions, request: Parameters<Functions['invoke']>[0]): Promise<FunctionAnswer> {
  try {
    return await functions.invoke(request)
  } catch (error) {
    if (!(error instanceof FunctionFault)) throw error
    switch (error.reason) {
      case 'timeout':
      case 'throttled':
        throw new HttpFault(503, 'Service Unavailable', { log: error.message, cause: error })
      case 'too-large':
        throw new HttpFault(413, 'Request Entity Too Large', { log: error.message, cause: error })
      case 'denied':
      case 'not-found':
        throw new HttpFault(500, 'Internal Server Error', { log: noPermission, cause: error })
      case 'role':
        throw new HttpFault(500, 'Internal Server Error', { log: noRole, cause: error })
      case 'unavailable':
      case 'refused':
        throw new HttpFault(500, 'Internal Server Error', { log: error.message, cause: error })
    }
  }
}
