// Step `authorize` of `$connect` with a Lambda authorizer: the function is asked each time, and its verdict holds as long as the connection. WebSocket 26.5, 32.
import { anonymous, createContext, evaluate } from '@sluice/iam-policy'
import type { Admitted } from '../../nouns/exchange.ts'
import { fault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { compileSocketSource } from '../../nouns/socket-source.ts'
import { socketRouteArn, type SocketExchange, type SocketReceived, type SocketRoute } from '../../nouns/socket.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Functions } from '../../ports/functions.ts'
import type { Step } from '../pipeline.ts'
import { RestLambdaAuthorizer } from './rest/lambda.ts'
import { misconfigured } from './rest/lambda-verdict.ts'

export interface SocketAuthorizerSettings {
  readonly route: SocketRoute
  readonly authorizerId: string
  /** Undefined when the authorizer's URI names no function. */
  readonly functionArn: string | undefined
  /** All of them have to be there, and not empty. */
  readonly identitySources: readonly string[]
  readonly event: (exchange: SocketReceived, traceId: string) => string
}

/** What an authorizer may answer. */
const maximumResultBytes = 8 * 1024

/** Throws GatewayFault: 401 without an identity, 403 for a verdict that does not allow, 500 for an authorizer that fails. */
export function authorizeSocketByLambda(
  { route, authorizerId, functionArn, identitySources, event }: SocketAuthorizerSettings,
  functions: Functions,
  clock: Clock,
): Step<SocketExchange, Admitted> {
  const { stage } = route
  // AWS: verdicts of WebSocket authorizers are never remembered.
  const authorizer = new RestLambdaAuthorizer({ stage, authorizerId, functionArn, ttlSeconds: 0 }, functions, clock)
  const sources = identitySources.map((source) => compileSocketSource(source, stage))
  const resource = socketRouteArn(route)
  return {
    name: 'authorize',
    run: async (exchange) => {
      if (sources.some((read) => (read?.(exchange) ?? '') === '')) {
        throw fault('UNAUTHORIZED', { log: 'an identity source is missing' })
      }
      const incoming = lastHeader(exchange.handshake?.headers ?? [], 'x-amzn-trace-id')
      const trace = traceId(incoming, exchange.receivedAtMs)
      const startedMs = clock.now()
      const verdict = await authorizer.ask([], () => event(exchange, trace), trace)
      if (verdict.bytes > maximumResultBytes) throw misconfigured('The authorizer answered more than 8 KB')
      const context = createContext([['aws:SourceIp', exchange.connection.sourceIp]])
      const request = { principal: anonymous, action: 'execute-api:Invoke', resource, context }
      const { decision } = evaluate({ identity: [verdict.policy], sameAccount: true }, request)
      exchange.listener?.decided({
        step: 'authorize',
        verdict: decision,
        reason: { resource },
        atMs: exchange.receivedAtMs,
      })
      if (decision !== 'allow') {
        const sentence = 'User is not authorized to access this resource'
        const explicitly = ' with an explicit deny in an identity-based policy'
        throw fault('ACCESS_DENIED', { message: decision === 'explicitDeny' ? sentence + explicitly : sentence })
      }
      const { principalId, usageIdentifierKey } = verdict
      const caller = { principalId, context: verdict.context, usageIdentifierKey }
      return { caller: { ...caller, authorizerLatencyMs: clock.now() - startedMs } }
    },
  }
}
