// Step `requireKey` of WebSocket routes that need an API key: `$connect` shows it, and messages have the one of their connection. WebSocket 32.
import type { Admitted } from '../../nouns/exchange.ts'
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import { headerValues } from '../../nouns/headers.ts'
import { compileSelection, type SelectionExpression } from '../../nouns/selection-expression.ts'
import type { SocketExchange, SocketStage } from '../../nouns/socket.ts'
import type { ApiKeys, KnownKey, Planned } from '../../ports/api-keys.ts'
import type { Step } from '../pipeline.ts'
import { tellKnown, tellLack } from './telling.ts'

type Exchange = SocketExchange & Admitted

/**
 * `expression`: the API's `apiKeySelectionExpression`, `$request.header.x-api-key` or
 * `$context.authorizer.usageIdentifierKey`. Throws GatewayFault INVALID_API_KEY.
 */
export function requireSocketKey(
  stage: SocketStage,
  expression: string | undefined,
  keys: ApiKeys,
): Step<Exchange, Planned> {
  const source = expression ?? '$request.header.x-api-key'
  const selection = compileSelection(source)
  const scope = { account: stage.account, region: stage.region }
  const place = `${stage.apiId}:${stage.stageName}`
  const admit = (exchange: Exchange, value: string, key: KnownKey | undefined): Planned => {
    const plan = key?.planFor(place)
    if (key === undefined || plan === undefined) {
      const lack = keys.lackOf(scope, value, place)
      tellLack(exchange, { source, stage: place, ...lack })
      throw refusal(`API Key ${lack.lack}`)
    }
    tellKnown(exchange, key.id, plan.id)
    return { apiKey: { id: key.id, value }, plan }
  }
  return {
    name: 'requireKey',
    run: (exchange) => {
      const value = keyOf(exchange, selection)
      if (value === '') {
        tellLack(exchange, { source, stage: place, lack: 'missing' })
        throw refusal('API Key is missing')
      }
      const found = keys.find(scope, value)
      return found instanceof Promise ? found.then((key) => admit(exchange, value, key)) : admit(exchange, value, found)
    },
  }
}

function keyOf({ handshake, caller, connectionKey }: Exchange, selection: SelectionExpression): string {
  if (handshake === undefined) return connectionKey?.value ?? ''
  return selection.evaluate({
    body: undefined,
    header: (name) => headerValues(handshake.headers, name)[0],
    context: (name) => (name === 'authorizer.usageIdentifierKey' ? caller?.usageIdentifierKey : undefined),
  })
}

function refusal(log: string): GatewayFault {
  return fault('INVALID_API_KEY', { log })
}
