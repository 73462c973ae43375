// Identity sources of a REST API's Lambda authorizers: what a verdict is asked for, and remembered, by. Security C.1.
import { compileRegex, RegexFault, type JavaRegex } from '@sluice/java-regex'
import { headerValues, lastHeader } from '../../../nouns/headers.ts'
import { compileSource } from '../../../nouns/mapping-source.ts'
import { RequestParameters } from '../../../nouns/request-parameters.ts'
import type { RestRouted, RestStage } from '../../../nouns/rest.ts'

/** The values of all sources in order; undefined when one is missing or empty. */
export type IdentityReader = (exchange: RestRouted) => readonly string[] | undefined

const headerSource = /^method\.request\.header\.(.+)$/s

/** `method.request.header.X` → a reader of that header; names of headers are compared without case. Undefined for other sources. */
export function compileHeaderSource(source: string): ((exchange: RestRouted) => string | undefined) | undefined {
  const name = headerSource.exec(source)?.[1]?.toLowerCase()
  return name === undefined ? undefined : ({ headers }) => lastHeader(headers, name)
}

/** The sources of a REQUEST authorizer: `method.request.header.A, method.request.querystring.B, context.C`. */
export function compileSources(sources: readonly string[], stage: RestStage): IdentityReader {
  const readers = sources.map((source) => compileOne(source, stage))
  return (exchange) => {
    const values: string[] = []
    for (const read of readers) {
      const value = read(exchange)
      if (value === undefined || value === '') return undefined
      values.push(value)
    }
    return values
  }
}

function compileOne(source: string, stage: RestStage): (exchange: RestRouted) => string | undefined {
  const header = headerSource.exec(source)?.[1]?.toLowerCase()
  if (header !== undefined) return ({ headers }) => headerValues(headers, header).join(',')
  const read = compileSource(source, stage)
  return (exchange) => {
    const value = read?.(exchange, new RequestParameters(exchange))
    return typeof value === 'object' ? value.join(',') : value
  }
}

/** `a, b` as it stands in an authorizer's record. */
export function splitSources(identitySource: string | undefined): readonly string[] {
  return (identitySource ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '')
}

/** Whether a token looks as the authorizer wants it: the whole of it. A pattern that is too much work matches nothing. */
export function compileValidation(expression: string | undefined): (value: string) => boolean {
  if (expression === undefined || expression === '') return () => true
  const pattern = regexOf(expression)
  return (value) => {
    try {
      return pattern?.matches(value) === true
    } catch (error) {
      if (error instanceof RegexFault) return false
      throw error
    }
  }
}

/** A pattern that does not compile matches nothing: nobody passes unchecked. */
function regexOf(expression: string): JavaRegex | undefined {
  try {
    return compileRegex(expression)
  } catch (error) {
    if (error instanceof RegexFault) return undefined
    throw error
  }
}
