// Step `authorize` of `$connect` with a Lambda authorizer: the function is asked each time, and its verdict holds as long as the connection. WebSocket 26.5, 32.
import { anonymous, evaluate } from '@sluice/iam-policy'
import type { Admitted } from '../../nouns/exchange.ts'
import { tellAuthorized, tellAuthorizer } from '../../nouns/execution-lines.ts'
import { fault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { compileSocketSource } from '../../nouns/socket-source.ts'
import { socketRouteArn, type SocketExchange, type SocketReceived, type SocketRoute } from '../../nouns/socket.ts'
import { socketTraceId } from '../../nouns/trace-id.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Functions } from '../../ports/functions.ts'
import type { NamedRole } from '../../ports/roles.ts'
import type { Step } from '../pipeline.ts'
import { circumstances } from './iam-policies.ts'
import { refusalByPolicy, RestLambdaAuthorizer, tellFailure } from './rest/lambda.ts'
import { misconfigured } from './rest/lambda-verdict.ts'
import { handshakeRequest } from './socket-handshake.ts'
import { tellMissingIdentity, tellPolicies, tellVerdict } from './telling.ts'

export interface SocketAuthorizerSettings {
  readonly route: SocketRoute
  readonly authorizerId: string
  /** Undefined when the authorizer's URI names no function. */
  readonly functionArn: string | undefined
  /** The role as which the function is asked; undefined: by its resource policy. */
  readonly role: NamedRole | undefined
  /** All of them have to be there, and not empty. */
  readonly identitySources: readonly string[]
  readonly event: (exchange: SocketReceived, traceId: string) => string
}

/** What an authorizer may answer. */
const maximumResultBytes = 8 * 1024

/** Throws GatewayFault: 401 without an identity, 403 for a verdict that does not allow, 500 for an authorizer that fails. */
export function authorizeSocketByLambda(
  { route, authorizerId, functionArn, role, identitySources, event }: SocketAuthorizerSettings,
  functions: Functions,
  clock: Clock,
): Step<SocketExchange, Admitted> {
  const { stage } = route
  // AWS: verdicts of WebSocket authorizers are never remembered.
  const authorizer = new RestLambdaAuthorizer(
    { stage, authorizerId, functionArn, role, ttlSeconds: 0 },
    functions,
    clock,
  )
  const sources = identitySources.map((source) => compileSocketSource(source, stage))
  const resource = socketRouteArn(route)
  return {
    name: 'authorize',
    run: async (exchange) => {
      if (sources.some((read) => (read?.(exchange) ?? '') === '')) {
        tellMissingIdentity(exchange, identitySources, { authorizer: authorizerId })
        throw fault('UNAUTHORIZED')
      }
      const incoming = lastHeader(exchange.handshake?.headers ?? [], 'x-amzn-trace-id')
      const trace = socketTraceId(incoming, exchange.receivedAtMs)
      const startedMs = clock.now()
      tellAuthorizer(exchange, authorizerId, '')
      const { requestId, receivedAtMs, listener, work } = exchange
      const asking = { requestId, receivedAtMs, listener, work, traceId: trace }
      const verdict = await authorizer
        .ask([], () => event(exchange, trace), asking)
        .catch((error: unknown) => {
          tellFailure(exchange, authorizerId, error)
          throw error
        })
      tellVerdict(exchange, authorizerId)
      if (verdict.bytes > maximumResultBytes) throw misconfigured('The authorizer answered more than 8 KB')
      const context = circumstances(handshakeRequest(exchange), anonymous)
      const request = { principal: anonymous, action: 'execute-api:Invoke', resource, context }
      const decision = evaluate({ identity: [verdict.policy], sameAccount: true }, request)
      const { principalId, usageIdentifierKey } = verdict
      tellPolicies(exchange, decision, { principal: principalId, resource })
      tellAuthorized(exchange, principalId)
      if (decision.decision !== 'allow') throw refusalByPolicy(decision)
      const caller = { principalId, context: verdict.context, usageIdentifierKey }
      return { caller: { ...caller, authorizerLatencyMs: clock.now() - startedMs } }
    },
  }
}
