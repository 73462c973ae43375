// AWS_PROXY of HTTP APIs with a subtype: an action of an AWS service, called with what parameter mappings make of the request. HTTP 7.
import type { Answered } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { compileHttpSource, requestMessage } from '../../nouns/http-source.ts'
import type { HttpAdmitted, HttpStage } from '../../nouns/http.ts'
import { integrationSubtypes, type IntegrationSubtype } from '../../nouns/integration-kinds.ts'
import type { Aws } from '../../ports/aws.ts'
import { RoleFault, type NamedRole } from '../../ports/roles.ts'
import { UpstreamFault, type UpstreamAnswer } from '../../ports/upstream.ts'
import { appendPassed } from '../answer/hop-headers.ts'
import type { Step } from '../pipeline.ts'
import { noRole } from './named-role.ts'
import { subtypeCalls, SubtypeFault, type SubtypeValues } from './subtypes.ts'

export interface AwsSubtypeSettings {
  readonly stage: HttpStage
  readonly subtype: IntegrationSubtype
  readonly parameters: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Whose credentials sign the call; those of the process when undefined. */
  readonly role: NamedRole | undefined
}

export function awsSubtype(settings: AwsSubtypeSettings, aws: Aws): Step<HttpAdmitted, Answered> {
  const { stage, subtype, timeoutMs, role } = settings
  const call = subtypeCalls[subtype]
  const values = compileValues(settings)
  return {
    name: 'integrate',
    run: async (exchange) => {
      const given = values(exchange)
      const region = given.get('Region') ?? stage.region
      if (!/^[a-z0-9-]{1,32}$/.test(region)) throw badRequest(`${JSON.stringify(region)} is no region`)
      try {
        return { answer: passed(await aws.call({ ...call(given), region, timeoutMs, role })) }
      } catch (error) {
        throw httpFault(error)
      }
    },
  }
}

/** Reads every parameter's value from a request. Throws HttpFault 400 when a required one has none. */
function compileValues({ stage, subtype, parameters }: AwsSubtypeSettings): (exchange: HttpAdmitted) => SubtypeValues {
  const required: readonly string[] = integrationSubtypes[subtype].required
  const readers = Object.entries(parameters).map(
    ([name, value]) => [name, compileHttpSource(value, 'request', stage)] as const,
  )
  return (exchange) => {
    const message = requestMessage(exchange)
    const values = new Map<string, string>()
    for (const [name, read] of readers) {
      const value = read?.(exchange, message)
      if (value !== undefined && value !== '') values.set(name, value)
    }
    const missing = required.find((name) => !values.has(name))
    if (missing !== undefined) throw badRequest(`The required parameter ${missing} has no value`)
    return values
  }
}

/** Passes the service's own answer on, faults included. HTTP 7.3. */
function passed({ status, headers, body }: UpstreamAnswer): Answered['answer'] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2)
    appendPassed(kept, headers[index] ?? '', headers[index + 1] ?? '')
  return { status, headers: kept, body }
}

function httpFault(error: unknown): unknown {
  if (error instanceof SubtypeFault) return badRequest(error.message, error)
  if (error instanceof RoleFault) return new HttpFault(500, 'Internal Server Error', { log: noRole, cause: error })
  if (!(error instanceof UpstreamFault)) return error
  return error.reason === 'too-large'
    ? new HttpFault(500, 'Internal Server Error', { log: error.message, cause: error })
    : new HttpFault(503, 'Service Unavailable', { log: error.message, cause: error })
}

function badRequest(log: string, cause?: unknown): HttpFault {
  return new HttpFault(400, 'Bad Request', { log, cause })
}
