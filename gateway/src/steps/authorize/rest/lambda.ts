// Step `authorize` of REST methods with a Lambda authorizer, TOKEN or REQUEST: ask the function, or remember what it said. Security C.
import { anonymous, type Decision } from '@sluice/iam-policy'
import type { Admitted, Caller } from '../../../nouns/exchange.ts'
import { utf8 } from '../../../nouns/bytes.ts'
import type { Listener } from '../../../nouns/decisions.ts'
import {
  tellAuthorized,
  tellAuthorizer,
  tellAuthorizerResult,
  tellInvocation,
  tellUnauthorized,
} from '../../../nouns/execution-lines.ts'
import { fault, GatewayFault } from '../../../nouns/faults.ts'
import { lastHeader } from '../../../nouns/headers.ts'
import type { RestRouted, RestStage } from '../../../nouns/rest.ts'
import { traceId } from '../../../nouns/trace-id.ts'
import type { Work } from '../../../nouns/work.ts'
import type { Clock } from '../../../ports/clock.ts'
import { FunctionFault, type FunctionAnswer, type Functions } from '../../../ports/functions.ts'
import type { NamedRole } from '../../../ports/roles.ts'
import type { Step } from '../../pipeline.ts'
import { tellRefusal, tellVerdict } from '../telling.ts'
import { VerdictMemory, type Remembered } from '../verdict-memory.ts'
import { failedFunction, misconfigured, readRestVerdict, type RestVerdict } from './lambda-verdict.ts'
import { denied, type ResourceGuard } from './resource-policy.ts'

/** What is asked, by the authorizer's type. */
export interface AuthorizerQuestion {
  /** Where the identity stands, as it is configured. */
  readonly identitySource: string
  /** What tells one caller from another. Undefined: the request lacks an identity, and nobody is asked. */
  readonly identity: (exchange: RestRouted) => readonly string[] | undefined
  /** Why there is none, for people. */
  readonly lack: (exchange: RestRouted) => string
  /** The token, as the execution log shows it; empty where none is the identity. */
  readonly shown: (exchange: RestRouted) => string
  readonly event: (exchange: RestRouted, asked: { readonly methodArn: string; readonly traceId: string }) => string
}

export interface LambdaAuthorizerSettings {
  readonly stage: Pick<RestStage, 'account' | 'region' | 'apiId'>
  readonly authorizerId: string
  /** Undefined when the authorizer's URI names no function. */
  readonly functionArn: string | undefined
  /** The role as which the function is asked; undefined: by its resource policy. */
  readonly role: NamedRole | undefined
  /** 0: nothing is remembered. */
  readonly ttlSeconds: number
}

/** The request, or the event of a connection, that an authorizer is asked for. */
export interface Asking {
  readonly requestId: string
  readonly receivedAtMs: number
  readonly listener: Listener | undefined
  readonly traceId: string
  readonly work?: Work | undefined
}

/** The function has as long as an integration (?). Security C.3. */
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
  known(identity: readonly string[]): Remembered<RestVerdict> | undefined {
    return this.memory?.known(identity)
  }

  /**
   * Asks the function, and tells the request that made it. Who comes with the same identity meanwhile gets the same
   * answer. Rejects with GatewayFault.
   */
  ask(identity: readonly string[], event: () => string, asking: Asking): Promise<RestVerdict> {
    const ask = (): Promise<RestVerdict> => this.invoke(event(), asking)
    return this.memory === undefined ? ask() : this.memory.ask(identity, ask)
  }

  private async invoke(payload: string, asking: Asking): Promise<RestVerdict> {
    const { functionArn, stage } = this.settings
    if (functionArn === undefined) throw misconfigured('Invalid ARN specified in the request')
    const { listener, requestId, receivedAtMs: atMs, traceId: trace } = asking
    if (listener !== undefined) {
      tellInvocation(listener, { functionArn, requestId, apiId: stage.apiId, payload, atMs })
    }
    let answer: FunctionAnswer
    try {
      answer = await this.functions.invoke({
        functionArn,
        payload,
        type: 'RequestResponse',
        sourceArn: this.sourceArn,
        principal: 'apigateway.amazonaws.com',
        role: this.settings.role,
        traceId: trace,
        timeoutMs,
      })
    } catch (error) {
      throw error instanceof FunctionFault ? invocationFault(error) : error
    }
    if (asking.work !== undefined) asking.work.authorizerRequestId = answer.requestId
    tellAuthorizerResult(asking, answer.payload)
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
  const admit = (exchange: RestRouted, verdict: RestVerdict, authorizerLatencyMs: number): Admitted => {
    const { principalId, context, usageIdentifierKey } = verdict
    const asked = { resource: guard.resourceOf(exchange), principal: anonymous }
    const decision = guard.decide(exchange, asked, { identity: [verdict.policy] })
    if (exchange.listener !== undefined) tellAuthorized(exchange, principalId)
    const caller = { principalId, context, usageIdentifierKey, authorizerLatencyMs }
    if (decision.decision === 'allow') return { caller }
    const isByResource = decision.statement?.source === 'resource'
    throw isByResource ? denied(exchange, asked, decision, caller) : refusalByPolicy(decision, caller)
  }
  const ask = async (exchange: RestRouted, identity: readonly string[]): Promise<Admitted> => {
    const { requestId, receivedAtMs, listener, work } = exchange
    const methodArn = guard.resourceOf(exchange)
    const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), receivedAtMs)
    const startedMs = clock.now()
    const event = (): string => question.event(exchange, { methodArn, traceId: trace })
    try {
      const verdict = await authorizer.ask(identity, event, { requestId, receivedAtMs, listener, traceId: trace, work })
      tellVerdict(exchange, authorizer.id)
      return admit(exchange, verdict, clock.now() - startedMs)
    } catch (error) {
      tellFailure(exchange, authorizer.id, error)
      throw error
    }
  }
  return {
    name: 'authorize',
    run: (exchange) => {
      guard.refuseDenied(exchange)
      const identity = question.identity(exchange)
      if (identity === undefined) {
        const { identitySource, lack } = question
        tellRefusal(exchange, lack(exchange), { authorizer: authorizer.id, identitySource })
        throw fault('UNAUTHORIZED')
      }
      if (exchange.listener !== undefined) tellAuthorizer(exchange, authorizer.id, question.shown(exchange))
      const known = authorizer.known(identity)
      if (known === undefined) return ask(exchange, identity)
      tellVerdict(exchange, authorizer.id, known.sinceMs)
      return admit(exchange, known.verdict, 0)
    },
  }
}

/** A function that failed, or said Unauthorized. What it answered is not repeated: who calls is not to read it. */
export function tellFailure(
  exchange: Pick<RestRouted, 'listener' | 'requestId' | 'receivedAtMs'>,
  authorizer: string,
  error: unknown,
): void {
  if (!(error instanceof GatewayFault) || error.type === 'ACCESS_DENIED') return
  const isRefusal = error.type === 'UNAUTHORIZED'
  tellRefusal(exchange, isRefusal ? 'refused by the function' : 'authorizer failed', { authorizer })
  if (isRefusal) tellUnauthorized(exchange)
}

/** AWS's words since 2024; before, they ended at `deny`. Security C.3. */
const explicitly = ' with an explicit deny in an identity-based policy'

/** By the policy that the function gave. AWS: what it says of the caller is there for the gateway response. */
export function refusalByPolicy({ decision }: Decision, caller?: Caller): GatewayFault {
  const sentence = 'User is not authorized to access this resource'
  const message = decision === 'explicitDeny' ? sentence + explicitly : sentence
  const log = 'The client is not authorized to perform this operation.'
  return fault('ACCESS_DENIED', { message, log, told: { caller } })
}

function invocationFault(error: FunctionFault): GatewayFault {
  switch (error.reason) {
    case 'denied':
    case 'not-found':
      return misconfigured('Invalid permissions on Lambda function', error)
    case 'role':
      return misconfigured(error.message, error)
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
  return errorMessageOf(payload) === 'Unauthorized' ? fault('UNAUTHORIZED') : failedFunction(payload)
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
