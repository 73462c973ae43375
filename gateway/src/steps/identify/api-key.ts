// Step `requireKey` of REST methods that need an API key: whose it is, and which usage plan lets it call this stage. S D.1.
import type { Admitted } from '../../nouns/exchange.ts'
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import { headerValues } from '../../nouns/headers.ts'
import type { Scope } from '../../nouns/records.ts'
import type { RestRouted } from '../../nouns/rest.ts'
import type { ApiKeys, KnownKey, Planned } from '../../ports/api-keys.ts'
import type { Step } from '../pipeline.ts'

type Exchange = RestRouted & Admitted

export interface ApiKeySettings {
  readonly scope: Scope
  /** `apiId:stageName` */
  readonly stage: string
  /** Where the value comes from: the header `x-api-key`, or what the Lambda authorizer named. */
  readonly source: 'HEADER' | 'AUTHORIZER'
}

/** Throws GatewayFault INVALID_API_KEY. */
export function requireApiKey({ scope, stage, source }: ApiKeySettings, keys: ApiKeys): Step<Exchange, Planned> {
  const valueOf = source === 'HEADER' ? headerKey : authorizerKey
  const admit = (exchange: Exchange, value: string, key: KnownKey | undefined): Planned => {
    const plan = key?.planFor(stage)
    exchange.listener?.decided({
      step: 'requireKey',
      verdict: plan === undefined ? 'refused' : 'known',
      reason: { key: maskedKey(value), keyId: key?.id, plan: plan?.id },
      atMs: exchange.receivedAtMs,
    })
    if (key === undefined) throw refusal(`API Key ${maskedKey(value)} is unknown or disabled`)
    if (plan === undefined) {
      throw refusal(`API Key ${maskedKey(value)} not authorized because no usage plan covers API Stage ${stage}`)
    }
    return { apiKey: { id: key.id, value }, plan }
  }
  return {
    name: 'requireKey',
    run: (exchange) => {
      const value = valueOf(exchange)
      if (value === undefined || value === '') throw refusal('API Key is missing')
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

/** Logs show the last six characters of a key. S D.2. */
function maskedKey(value: string): string {
  return value.slice(-6).padStart(value.length, '*')
}

function refusal(log: string): GatewayFault {
  return fault('INVALID_API_KEY', { log })
}
