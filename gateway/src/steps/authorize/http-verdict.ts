// What a Lambda authorizer of an HTTP API answered: a policy or a simple verdict, and the context it hands on. HTTP 12.4.
import { anonymous, evaluate, parsePolicy, PolicyFault, type Context, type Decision } from '@sluice/iam-policy'
import { utf8 } from '../../nouns/bytes.ts'
import type { Caller } from '../../nouns/exchange.ts'

export interface Verdict {
  /** Whether the route with this ARN may be called, and by which statement. A simple verdict holds for all. */
  readonly judge: (routeArn: string, context: Context) => Decision
  /** The caller of requests that find the verdict remembered: the authorizer took them no time. */
  readonly caller: Caller
  /** How much memory the verdict takes, about: the answer's length. */
  readonly bytes: number
}

/** What a simple verdict says. */
const authorized: Decision = { decision: 'allow', statement: undefined, missing: undefined }
const notAuthorized: Decision = { decision: 'explicitDeny', statement: undefined, missing: undefined }

/** The answer has another form than API Gateway expects. */
export class VerdictFault extends Error {}

const misshapen = "The response from the Lambda Authorizer function doesn't match the format that API Gateway expects."

/** Reads an answer. `simple`: whether the authorizer has simple responses enabled. Throws VerdictFault. */
export function readVerdict(payload: Uint8Array, simple: boolean): Verdict {
  const answer = parse(payload)
  const context = contextOf(answer['context'])
  if (simple) {
    const { isAuthorized } = answer as { isAuthorized?: unknown }
    if (typeof isAuthorized !== 'boolean') throw new VerdictFault(`${misshapen} isAuthorized must be a boolean`)
    const decision = isAuthorized ? authorized : notAuthorized
    return { judge: () => decision, caller: { context, authorizerLatencyMs: 0 }, bytes: payload.length }
  }
  const { principalId } = answer as { principalId?: unknown }
  if (typeof principalId !== 'string') throw new VerdictFault(`${misshapen} principalId must be a string`)
  const caller = { principalId, context, authorizerLatencyMs: 0 }
  return { judge: policyOf(answer['policyDocument']), caller, bytes: payload.length }
}

function parse(payload: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(utf8(payload))
  } catch (cause) {
    throw new VerdictFault(`${misshapen} Invalid json in authorizer response`, { cause })
  }
  if (!isObject(value)) throw new VerdictFault(`${misshapen} Invalid json in authorizer response`)
  return value
}

/** Values of any JSON type are handed on as they are. */
function contextOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw new VerdictFault(`${misshapen} context must be an object`)
  return value
}

function policyOf(document: unknown): Verdict['judge'] {
  if (!isObject(document)) throw new VerdictFault(`${misshapen} policyDocument must be an object`)
  try {
    const identity = [parsePolicy(document)]
    return (resource, context) =>
      evaluate(
        { identity, sameAccount: true },
        { principal: anonymous, action: 'execute-api:Invoke', resource, context },
      )
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error
    throw new VerdictFault(`${misshapen} ${error.message}`, { cause: error })
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
