// Step `requireKey` of REST methods that need an API key: whose it is, and which usage plan lets it call this stage. Security D.1.
import type { Admitted } from '../../nouns/exchange.ts'
import { tellPlanCheck, tellPlanFound } from '../../nouns/execution-lines.ts'
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import { headerValues } from '../../nouns/headers.ts'
import { maskedKey } from '../../nouns/masked-key.ts'
import type { RestMethod, RestRouted, RestStage } from '../../nouns/rest.ts'
import type { ApiKeys, KnownKey, Planned } from '../../ports/api-keys.ts'
import type { Step } from '../pipeline.ts'
import { tellKnown, tellLack } from './telling.ts'

type Exchange = RestRouted & Admitted

export interface ApiKeySettings {
  readonly stage: RestStage
  /** Where the value comes from: the header `x-api-key`, or what the Lambda authorizer named. */
  readonly source: 'HEADER' | 'AUTHORIZER'
}

/** Throws GatewayFault INVALID_API_KEY. */
export function requireApiKey({ stage: ofStage, source }: ApiKeySettings, keys: ApiKeys): Step<Exchange, Planned> {
  const { account, region, apiId, stageName } = ofStage
  const scope = { account, region }
  const stage = `${apiId}:${stageName}`
  const stagePath = `${apiId}/${stageName}`
  const valueOf = source === 'HEADER' ? headerKey : authorizerKey
  const refusal = (value: string, { httpMethod, resourcePath }: RestMethod): GatewayFault =>
    fault('INVALID_API_KEY', {
      log: `API Key ${maskedKey(value)} not authorized because method '${httpMethod} ${resourcePath}' requires API Key and API Key is not associated with a Usage Plan for API Stage ${stagePath}: No Usage Plan found for key and API Stage`,
    })
  const admit = (exchange: Exchange, value: string, key: KnownKey | undefined): Planned => {
    const plan = key?.planFor(stage)
    if (key === undefined || plan === undefined) {
      tellLack(exchange, { source, stage, ...keys.lackOf(scope, value, stage) })
      throw refusal(value, exchange.target)
    }
    if (exchange.listener !== undefined) {
      tellKnown(exchange, key.id, plan.id)
      tellPlanFound(exchange, maskedKey(value), stagePath)
    }
    return { apiKey: { id: key.id, value }, plan }
  }
  return {
    name: 'requireKey',
    run: (exchange) => {
      const value = valueOf(exchange) ?? ''
      if (exchange.listener !== undefined) tellPlanCheck(exchange, maskedKey(value), stagePath)
      if (value === '') {
        tellLack(exchange, { source, stage, lack: 'missing' })
        throw refusal(value, exchange.target)
      }
      const found = keys.find(scope, value)
      return found instanceof Promise ? found.then((key) => admit(exchange, value, key)) : admit(exchange, value, found)
    },
  }
}

function headerKey({ headers }: Exchange): string | undefined {
  return headerValues(headers, 'x-api-key')[0]
}

function authorizerKey({ caller }: Exchange): string | undefined {
  return caller?.usageIdentifierKey
}
