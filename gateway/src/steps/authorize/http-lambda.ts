// Step `authorize` of HTTP API routes with a Lambda authorizer: ask the function, or remember what it said. HTTP 12.
import { anonymous } from '@sluice/iam-policy'
import type { Admitted } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import type { HttpRoute, HttpRouted, HttpStage } from '../../nouns/http.ts'
import { httpRouteArn } from '../../nouns/http-arn.ts'
import { httpTraceId } from '../../nouns/trace-id.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Clock } from '../../ports/clock.ts'
import { FunctionFault, type Functions } from '../../ports/functions.ts'
import type { NamedRole } from '../../ports/roles.ts'
import type { Step } from '../pipeline.ts'
import { compileIdentity, type IdentityReader } from './http-identity.ts'
import { circumstances } from './iam-policies.ts'
import { readVerdict, VerdictFault, type Verdict } from './http-verdict.ts'
import { tellMissingIdentity, tellPolicies, tellRefusal, tellVerdict } from './telling.ts'
import { VerdictMemory, type Remembered } from './verdict-memory.ts'

export interface LambdaAuthorizerSettings {
  readonly stage: HttpStage
  readonly authorizerId: string
  /** Undefined when the authorizer's URI names no function. */
  readonly functionArn: string | undefined
  /** The role as which the function is asked; undefined: by its resource policy. */
  readonly role: NamedRole | undefined
  readonly identitySources: readonly string[]
  /** 0: nothing is remembered. */
  readonly ttlSeconds: number
  readonly simpleResponses: boolean
}

/** What a request asks the authorizer: its ARN, and the identity's values. */
export interface AuthorizerQuestion {
  readonly routeArn: string
  readonly identity: readonly string[]
  readonly traceId: string
}

/** The function's event, by the route's payload format. */
export type AuthorizerEvent = (exchange: HttpRouted, question: AuthorizerQuestion) => string

/** HTTP 21: the function has 10 seconds. */
const timeoutMs = 10_000

/** One authorizer of one stage: its verdicts serve all routes that use it. A stage that is planned anew starts without any. */
export class LambdaAuthorizer {
  readonly identity: IdentityReader
  private readonly settings: LambdaAuthorizerSettings
  private readonly functions: Functions
  private readonly sourceArn: string
  /** Undefined when nothing is to be remembered. */
  private readonly memory: VerdictMemory<Verdict> | undefined

  constructor(settings: LambdaAuthorizerSettings, functions: Functions, clock: Clock) {
    const { stage, authorizerId, ttlSeconds, identitySources } = settings
    this.settings = settings
    this.functions = functions
    this.identity = compileIdentity(identitySources, stage)
    // Without an identity source there is nothing to tell one caller from another by.
    if (ttlSeconds > 0 && identitySources.length > 0) this.memory = new VerdictMemory(ttlSeconds, clock)
    this.sourceArn = `arn:aws:execute-api:${stage.region}:${stage.account}:${stage.apiId}/authorizers/${authorizerId}`
  }

  get id(): string {
    return this.settings.authorizerId
  }

  get identitySources(): readonly string[] {
    return this.settings.identitySources
  }

  /** A verdict that was remembered; undefined when the function has to be asked. */
  known(identity: readonly string[]): Remembered<Verdict> | undefined {
    return this.memory?.known(identity)
  }

  /** Asks the function. Who comes with the same identity meanwhile gets the same answer. Rejects with HttpFault. */
  ask(identity: readonly string[], event: () => string, traceId: string): Promise<Verdict> {
    const ask = (): Promise<Verdict> => this.invoke(event(), traceId)
    return this.memory === undefined ? ask() : this.memory.ask(identity, ask)
  }

  private async invoke(payload: string, traceId: string): Promise<Verdict> {
    const { functionArn, simpleResponses } = this.settings
    if (functionArn === undefined) throw broken('The authorizer names no Lambda function')
    try {
      const answer = await this.functions.invoke({
        functionArn,
        payload,
        type: 'RequestResponse',
        sourceArn: this.sourceArn,
        principal: 'apigateway.amazonaws.com',
        role: this.settings.role,
        traceId,
        timeoutMs,
      })
      if (answer.functionError !== undefined) throw broken('The Lambda authorizer function returned an error')
      return readVerdict(answer.payload, simpleResponses)
    } catch (error) {
      if (error instanceof FunctionFault || error instanceof VerdictFault) throw broken(error.message, error)
      throw error
    }
  }
}

export function authorizeByLambda(
  authorizer: LambdaAuthorizer,
  route: HttpRoute,
  event: AuthorizerEvent,
  clock: Clock,
): Step<HttpRouted, Admitted> {
  const admit = (exchange: HttpRouted, routeArn: string, { judge, caller }: Omit<Verdict, 'bytes'>): Admitted => {
    const judgement = judge(routeArn, circumstances(exchange, anonymous))
    if (exchange.listener !== undefined)
      tellPolicies(exchange, judgement, { principal: caller.principalId, resource: routeArn })
    if (judgement.decision === 'allow') return { caller }
    throw new HttpFault(403, 'Forbidden', { log: 'The Lambda authorizer denied the request' })
  }
  const ask = async (exchange: HttpRouted, routeArn: string, identity: readonly string[]): Promise<Admitted> => {
    const traceId = httpTraceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
    const asked = { routeArn, identity, traceId }
    const startedMs = clock.now()
    let verdict: Verdict
    try {
      verdict = await authorizer.ask(identity, () => event(exchange, asked), traceId)
    } catch (error) {
      // What the function answered is not repeated: who calls is not to read it.
      tellRefusal(exchange, 'authorizer failed', { authorizer: authorizer.id })
      throw error
    }
    tellVerdict(exchange, authorizer.id)
    const { judge, caller } = verdict
    return admit(exchange, routeArn, { judge, caller: { ...caller, authorizerLatencyMs: clock.now() - startedMs } })
  }
  return {
    name: 'authorize',
    run: (exchange) => {
      const identity = authorizer.identity(exchange)
      if (identity === undefined) {
        tellMissingIdentity(exchange, authorizer.identitySources, { authorizer: authorizer.id })
        throw new HttpFault(401, 'Unauthorized', { log: 'an identity source is missing' })
      }
      const routeArn = httpRouteArn(route, exchange)
      const known = authorizer.known(identity)
      if (known === undefined) return ask(exchange, routeArn, identity)
      tellVerdict(exchange, authorizer.id, known.sinceMs)
      return admit(exchange, routeArn, known.verdict)
    },
  }
}

function broken(log: string, cause?: unknown): HttpFault {
  return new HttpFault(500, 'Internal Server Error', { log, cause })
}
