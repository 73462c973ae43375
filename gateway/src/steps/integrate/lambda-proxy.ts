// AWS_PROXY of REST APIs: a Lambda function gets the whole request and writes the whole answer. Recorded: REST 32; Security L.2.
import type { Answered } from '../../nouns/exchange.ts'
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { RestAdmitted } from '../../nouns/rest.ts'
import type { FunctionAnswer, Functions } from '../../ports/functions.ts'
import { lambdaProxyAnswer } from '../answer/lambda-proxy-answer.ts'
import type { Step } from '../pipeline.ts'
import { invokeFunction } from './invocation.ts'
import { compileLambdaCall, type LambdaProxySettings } from './lambda-call.ts'

export function lambdaProxy(settings: LambdaProxySettings, functions: Functions): Step<RestAdmitted, Answered> {
  const { stage } = settings
  const callOf = compileLambdaCall(settings)

  return {
    name: 'integrate',
    run: async (exchange) => {
      const invocation = callOf(exchange)
      const answer = await invokeFunction(functions, invocation, exchange, stage.apiId)
      if (answer.functionError !== undefined) throw functionError(answer)
      const clientAnswer = lambdaProxyAnswer(answer.payload, () => {
        const accept = lastHeader(exchange.headers, 'accept')
        return accept !== undefined && stage.isBinary(firstMediaType(accept))
      })
      clientAnswer.headers.push('X-Amzn-Trace-Id', invocation.traceId)
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
