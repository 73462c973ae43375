// What a Lambda authorizer of a REST API answered: a policy, and the context it hands on. Security C.3.
import { parsePolicy, PolicyFault, type CompiledPolicy } from '@sluice/iam-policy'
import { utf8 } from '../../../nouns/bytes.ts'
import { fault, GatewayFault } from '../../../nouns/faults.ts'

export interface RestVerdict {
  readonly principalId: string
  readonly policy: CompiledPolicy
  /** Every value as a text. */
  readonly context: Readonly<Record<string, string>>
  readonly usageIdentifierKey: string | undefined
  /** How much memory the verdict takes, about: the answer's length. */
  readonly bytes: number
}

type Members = Readonly<Record<string, unknown>>

/** AWS: longer resource ARNs are refused. Security C.3. */
const longestResource = 512

/** AWS: an answer with any other member is none; the sentences are those of its JSON reader, seen in execution logs. */
const members: ReadonlySet<string> = new Set(['principalId', 'policyDocument', 'context', 'usageIdentifierKey'])

/** Reads an answer. Throws GatewayFault AUTHORIZER_CONFIGURATION_ERROR. */
export function readRestVerdict(payload: Uint8Array): RestVerdict {
  const text = utf8(payload)
  const answer = parsed(text)
  const { principalId, policyDocument, context, usageIdentifierKey } = answer as {
    readonly [name in 'principalId' | 'policyDocument' | 'context' | 'usageIdentifierKey']?: unknown
  }
  if (policyDocument === undefined || policyDocument === null) throw misconfigured('Could not parse policy')
  if (typeof principalId !== 'string' || !isObject(policyDocument)) throw unreadable(text)
  return {
    principalId,
    policy: policyOf(policyDocument),
    context: contextOf(context),
    usageIdentifierKey: typeof usageIdentifierKey === 'string' ? usageIdentifierKey : undefined,
    bytes: payload.length,
  }
}

/**
 * The 500 for a function that failed: AWS reads what it said as a verdict, and stumbles over its first member.
 * (?) The type is an open choice of Security C.3.
 */
export function failedFunction(payload: Uint8Array): GatewayFault {
  try {
    readRestVerdict(payload)
  } catch (error) {
    if (error instanceof GatewayFault) return fault('AUTHORIZER_FAILURE', { log: error.log, cause: error })
    throw error
  }
  return fault('AUTHORIZER_FAILURE', { log: 'Execution failed due to configuration error: Authorizer error' })
}

/** The 500 for an authorizer that does not work as configured; why is told to the log alone. */
export function misconfigured(log: string, cause?: unknown): GatewayFault {
  return fault('AUTHORIZER_CONFIGURATION_ERROR', {
    log: `Execution failed due to configuration error: ${log}`,
    cause,
  })
}

function parsed(text: string): Members {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw unreadable(text, error)
  }
  if (value === null) throw misconfigured('Could not parse policy')
  if (!isObject(value)) throw unreadable(text)
  const unknown = Object.keys(value).find((name) => !members.has(name))
  if (unknown !== undefined) throw unreadable(`Unrecognized field "${unknown}" , not marked as ignorable`)
  return value
}

function unreadable(problem: string, cause?: unknown): GatewayFault {
  return misconfigured(`Invalid JSON in response: ${problem}`, cause)
}

function notDeserialized(type: string, value: object): GatewayFault {
  const start = Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT'
  return unreadable(`Can not deserialize instance of java.${type} out of ${start} token`)
}

function policyOf(document: Members): CompiledPolicy {
  try {
    // `"Resource": []` is how Chalice's authorizers allow nothing: AWS answers 403, and the log has no error
    // (https://github.com/aws/chalice/issues/971).
    const policy = parsePolicy(document, { mayBeOfNoResource: true })
    if (resourcesOf(document).every((resource) => String(resource).length <= longestResource)) return policy
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error
    throw misconfigured(`Could not parse policy: ${JSON.stringify(document)}`, error)
  }
  throw misconfigured(`Could not parse policy: ${JSON.stringify(document)}`)
}

function resourcesOf(document: Members): readonly unknown[] {
  const statements = [document['Statement']].flat() as readonly Members[]
  return statements.flatMap((statement) => [statement['Resource'] ?? statement['NotResource']].flat())
}

/** Strings, numbers and booleans; what is null is left out. */
function contextOf(value: unknown): Readonly<Record<string, string>> {
  // Without a prototype, because `__proto__` is a name like any other.
  const texts = Object.create(null) as Record<string, string>
  if (value === undefined || value === null) return texts
  if (Array.isArray(value)) throw notDeserialized('util.LinkedHashMap', value)
  if (!isObject(value)) throw unreadable(JSON.stringify(value))
  for (const [name, each] of Object.entries(value)) {
    if (each === null) continue
    if (typeof each === 'object') throw notDeserialized('lang.String', each)
    texts[name] = typeof each === 'string' ? each : JSON.stringify(each)
  }
  return texts
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
