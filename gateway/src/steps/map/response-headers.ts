// Header mapping of the method response: `method.response.header.N` ← a source. Recorded: REST 25.2; REST 4.2.
import { configurationFault, type GatewayFault } from '../../nouns/faults.ts'
import { compileSource, constantSource, type SourceValue } from '../../nouns/mapping-source.ts'
import type { Returned } from '../../nouns/outgoing.ts'
import type { Parameterised } from '../../nouns/request-parameters.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { headerValue, isHeaderName } from '../answer/hop-headers.ts'
import { compileBodySource } from './body-source.ts'
import { responseHeaderName } from './header-rules.ts'
import type { JsonBody } from './json-body.ts'

export interface ReturnedParts {
  readonly exchange: RestAdmitted & Parameterised & Returned
  /** The integration's body as text. */
  readonly body: () => JsonBody
}

type Read = (parts: ReturnedParts) => SourceValue

interface HeaderMapping {
  readonly name: string
  readonly read: Read
}

/** Writes the mapped headers, each under the name that the client sees. */
export type HeaderMapper = (parts: ReturnedParts) => string[]

const target = /^method\.response\.header\.(.+)$/s

/** Headers that no request changes are written once. */
export function compileResponseHeaders(
  parameters: Readonly<Record<string, string>> | undefined,
  stage: RestStage,
): HeaderMapper {
  const constant: string[] = []
  const mappings: HeaderMapping[] = []
  for (const [key, expression] of Object.entries(parameters ?? {})) {
    const [, mapped = ''] = target.exec(key) ?? []
    const name = isHeaderName(mapped) ? responseHeaderName(mapped) : undefined
    if (name === undefined) continue
    const fixed = constantSource(expression, stage)
    const read = compileRead(expression, stage)
    if (fixed?.value !== undefined) constant.push(name, headerValue(fixed.value))
    else if (read !== undefined) mappings.push({ name, read })
  }
  if (mappings.length === 0) return () => constant.slice()
  return (parts) => {
    const headers = constant.slice()
    for (const { name, read } of mappings) {
      const value = read(parts)
      if (value !== undefined) headers.push(name, headerValue(typeof value === 'string' ? value : value.join(',')))
    }
    return headers
  }
}

const bodySource = 'integration.response.body'
const headerSource = /^integration\.response\.(header|multivalueheader)\.(.+)$/s

function compileRead(expression: string, stage: RestStage): Read | undefined {
  if (expression === bodySource || expression.startsWith(`${bodySource}.`)) {
    const read = compileBodySource(expression.slice(bodySource.length), invalidResponseJson)
    return ({ body }) => read(body())
  }
  const [, kind, name = ''] = headerSource.exec(expression) ?? []
  if (kind !== undefined) {
    return ({ exchange }) => {
      const values = valuesOf(exchange.returned.headers, name)
      const value = kind === 'header' ? values.at(-1) : values.join(',')
      return value === '' ? undefined : value
    }
  }
  const read = compileSource(expression, stage)
  return read === undefined ? undefined : ({ exchange }) => read(exchange, exchange.parameters)
}

function invalidResponseJson(): GatewayFault {
  return configurationFault('Invalid JSON in response body')
}

/** Names are case-sensitive — documented, REST 25. */
function valuesOf(headers: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let index = 0; index < headers.length; index += 2)
    if (headers[index] === name) values.push(headers[index + 1] ?? '')
  return values
}
