// Identity sources of HTTP API authorizers: where the token, or what a verdict is cached by, stands in a request. HTTP 12.1.
import type { HttpStage, HttpRouted } from '../../nouns/http.ts'
import { compileHttpSource, requestMessage } from '../../nouns/http-source.ts'

/** The values of all sources in order; undefined when one is missing or empty. */
export type IdentityReader = (exchange: HttpRouted) => readonly string[] | undefined

export function compileIdentity(sources: readonly string[], stage: HttpStage): IdentityReader {
  const readers = sources.map((source) => compileHttpSource(source, 'request', stage))
  return (exchange) => {
    const message = requestMessage(exchange)
    const values: string[] = []
    for (const read of readers) {
      const value = read?.(exchange, message)
      if (value === undefined || value === '') return undefined
      values.push(value)
    }
    return values
  }
}
