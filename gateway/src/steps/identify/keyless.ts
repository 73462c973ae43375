// Step `keyless` of REST methods that need no API key: nothing but AWS's lines about that, where a stage logs them. Security F.5.
import type { MethodSetting } from '@sluice/aws-protocol/apigateway'
import { tellKeyNotNeeded, tellPlanCheck } from '../../nouns/execution-lines.ts'
import { headerValues } from '../../nouns/headers.ts'
import { maskedKey } from '../../nouns/masked-key.ts'
import type { RestRouted, RestStage } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'

const nothing = {}

/** Undefined where nothing is logged. A key that is shown all the same is not looked up. */
export function tellKeyless(stage: RestStage, { loggingLevel }: MethodSetting): Step<RestRouted, object> | undefined {
  if (loggingLevel !== 'INFO') return undefined
  const place = `${stage.apiId}/${stage.stageName}`
  return {
    name: 'keyless',
    run: (exchange) => {
      const { httpMethod, resourcePath } = exchange.target
      const key = maskedKey(headerValues(exchange.headers, 'x-api-key')[0] ?? '')
      tellPlanCheck(exchange, key, place)
      tellKeyNotNeeded(exchange, key, `${httpMethod} ${resourcePath}`)
      return nothing
    },
  }
}
