// Step `authorize` of REST methods with a Lambda authorizer, TOKEN or REQUEST: ask the function, or remember what it said. S C.
import { anonymous, type Decision } from '@sluice/iam-policy'
import type { Admitted } from '../../../nouns/exchange.ts'
import { utf8 } from '../../../nouns/bytes.ts'
import { fault, type GatewayFault } from '../../../nouns/faults.ts'
import { lastHeader } from '../../../nouns/headers.ts'
import type { RestRouted, RestStage } from '../../../nouns/rest.ts'
import { traceId } from '../../../nouns/trace-id.ts'
import type { Clock } from '../../../ports/clock.ts'
import { FunctionFault, type FunctionAnswer, type Functions } from '../../../ports/functions.ts'
import type { Step } from '../../pipeline.ts'
import { VerdictMemory } from '../verdict-memory.ts'
import { misconfigured, readRestVerdict, type RestVerdict } from './lambda-verdict.ts'
import { denied, type ResourceGuard } from './resource-policy.ts'

/** What is asked, by the authorizer's type. */
export interface AuthorizerQuestion {
  /** What tells one caller from another. Undefined: the request lacks an identity, and nobody is asked. */
  readonly identity: (exchange: RestRouted) => readonly string[] | undefined
  readonly event: (exchange: RestRouted, asked: { readonly methodArn: string; readonly traceId: string }) => string
}

export interface LambdaAuthorizerSettings {
  readonly stage: Pick<RestStage, 'account' | 'region' | 'apiId'>
  readonly authorizerId: string
  /** Undefined when the authorizer's URI names no function. */
  readonly functionArn: string | undefined
  /** 0: nothing is remembered. */
  readonly ttlSeconds: number
}

/** The function has as long as an integration (?). S C.3. */
const timeoutMs = 29_000

/** One authorizer of one stage: its verdicts serve all methods that use it. A stage that is planned anew starts without any. */
export class RestLambdaAuthorizer {
  private readonly settings: LambdaAuthorizerSettings
  private readonly functions: Functions
  private readonly sourceArn: string
  /** Undefined when nothing is to be remembered. */
  private readonly memory: VerdictMemory<RestVerdict> | undefined

  constructor(settings: LambdaAuthorizerSettings, functions: Functions, clock: Clock) {
    const { stage, authorizerId, ttlSeconds } = settings
    this.settings = settings
    this.functions = functions
    if (ttlSeconds > 0) this.memory = new VerdictMemory(ttlSeconds, clock)
    this.sourceArn = `arn:aws:execute-api:${stage.region}:${stage.account}:${stage.apiId}/authorizers/${authorizerId}`
  }

  get id(): string {
    return this.settings.authorizerId
  }

  /** A verdict that was remembered; undefined when the function has to be asked. */
  known(identity: readonly string[]): RestVerdict | undefined {
    return this.memory?.known(JSON.stringify(identity))
  }

  /** Asks the function. Who comes with the same identity meanwhile gets the same answer. Rejects with GatewayFault. */
  ask(identity: readonly string[], event: () => string, trace: string): Promise<RestVerdict> {
    const ask = (): Promise<RestVerdict> => this.invoke(event(), trace)
    return this.memory === undefined ? ask() : this.memory.ask(JSON.stringify(identity), ask)
  }

  private async invoke(payload: string, trace: string): Promise<RestVerdict> {
    const { functionArn } = this.settings
    if (functionArn === undefined) throw misconfigured('Invalid ARN specified in the request')
    let answer: FunctionAnswer
    try {
      answer = await this.functions.invoke({
        functionArn,
        payload,
        type: 'RequestResponse',
        sourceArn: this.sourceArn,
        principal: 'apigateway.amazonaws.com',
        traceId: trace,
        timeoutMs,
      })
    } catch (error) {
      throw error instanceof FunctionFault ? invocationFault(error) : error
    }
    if (answer.functionError !== undefined) throw functionFault(answer)
    return readRestVerdict(answer.payload)
  }
}

export function authorizeByLambda(
  authorizer: RestLambdaAuthorizer,
  question: AuthorizerQuestion,
  guard: ResourceGuard,
  clock: Clock,
): Step<RestRouted, Admitted> {
  const admit = (
    exchange: RestRouted,
    verdict: RestVerdict,
    authorizerLatencyMs: number,
    remembered = false,
  ): Admitted => {
    const asked = { resource: guard.resourceOf(exchange), principal: anonymous }
    const decision = guard.decide(exchange, asked, { identity: [verdict.policy] })
    if (decision.decision !== 'allow') throw refusal(decision, () => denied(exchange, asked, decision))
    const { principalId, context, usageIdentifierKey } = verdict
    exchange.listener?.decided({
      step: 'authorize',
      verdict: remembered ? 'verdict remembered' : 'verdict asked for',
      reason: { principalId, authorizer: authorizer.id },
      atMs: exchange.receivedAtMs,
    })
    return { caller: { principalId, context, usageIdentifierKey, authorizerLatencyMs } }
  }
  return {
    name: 'authorize',
    run: (exchange) => {
      guard.refuseDenied(exchange)
      const identity = question.identity(exchange)
      if (identity === undefined) throw fault('UNAUTHORIZED', { log: 'an identity source is missing' })
      const known = authorizer.known(identity)
      if (known !== undefined) return admit(exchange, known, 0, true)
      const methodArn = guard.resourceOf(exchange)
      const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
      const startedMs = clock.now()
      return authorizer
        .ask(identity, () => question.event(exchange, { methodArn, traceId: trace }), trace)
        .then((verdict) => admit(exchange, verdict, clock.now() - startedMs))
    },
  }
}

/** AWS's words since 2024; before, they ended at `deny`. S C.3. */
const explicitly = ' with an explicit deny in an identity-based policy'

function refusal({ decision, statement }: Decision, byResource: () => GatewayFault): GatewayFault {
  if (statement?.source === 'resource') return byResource()
  const sentence = 'User is not authorized to access this resource'
  return fault('ACCESS_DENIED', { message: decision === 'explicitDeny' ? sentence + explicitly : sentence })
}

function invocationFault(error: FunctionFault): GatewayFault {
  switch (error.reason) {
    case 'denied':
    case 'not-found':
      return misconfigured('Invalid permissions on Lambda function', error)
    case 'timeout':
    case 'throttled':
    case 'too-large':
    case 'unavailable':
    case 'refused':
      return failed(error.message, error)
  }
}

/** AWS: a function says `Unauthorized` by failing with exactly this message; any other failure is its own fault. */
function functionFault({ payload }: FunctionAnswer): GatewayFault {
  const message = errorMessageOf(payload)
  return message === 'Unauthorized' ? fault('UNAUTHORIZED', { log: 'Unauthorized request' }) : failed(message)
}

function failed(log: string, cause?: unknown): GatewayFault {
  return fault('AUTHORIZER_FAILURE', { log: `Execution failed due to an authorizer error: ${log}`, cause })
}

function errorMessageOf(payload: Uint8Array): string {
  try {
    const value = JSON.parse(utf8(payload)) as { readonly errorMessage?: unknown } | null
    return typeof value?.errorMessage === 'string' ? value.errorMessage : 'null'
  } catch {
    return 'null'
  }
}
