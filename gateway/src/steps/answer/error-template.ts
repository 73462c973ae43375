// Templates of gateway responses: plain text with variables, no VTL. REST 6.7.
import { contextReader, type ContextExchange } from '../../nouns/context.ts'
import { compileSource, type SourceReader } from '../../nouns/mapping-source.ts'
import type { RequestParameters } from '../../nouns/request-parameters.ts'
import type { RestStage } from '../../nouns/rest.ts'

/** Fills a template for one failed request. */
export type ErrorTemplate = (exchange: ContextExchange, parameters: RequestParameters) => string

const variable =
  /\$(?:\{((?:context|stageVariables|method\.request\.[a-z]+)\.[^{}\s]+)\}|((?:context|stageVariables|method\.request\.[a-z]+)\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*))/

/** A variable without a value is the empty text (?). */
export function compileErrorTemplate(text: string, stage: RestStage): ErrorTemplate {
  // Splitting by the pattern gives: text, braced name, bare name, text, braced name, bare name, … text.
  const parts = text.split(variable)
  const pieces: ErrorTemplate[] = []
  for (let index = 0; index < parts.length; index += 3) {
    const literal = parts[index] ?? ''
    if (literal !== '') pieces.push(() => literal)
    const name = parts[index + 1] ?? parts[index + 2]
    if (name !== undefined) pieces.push(compileVariable(name, stage))
  }
  return (exchange, parameters) => {
    let filled = ''
    for (const piece of pieces) filled += piece(exchange, parameters)
    return filled
  }
}

const context = 'context.'

function compileVariable(name: string, stage: RestStage): ErrorTemplate {
  if (name.startsWith(context)) {
    const read = contextReader(name.slice(context.length))
    return read === undefined ? () => '' : (exchange) => String(read(exchange, stage) ?? '')
  }
  const read: SourceReader = compileSource(name, stage) ?? (() => undefined)
  return (exchange, parameters) => {
    const value = read(exchange, parameters) ?? ''
    return typeof value === 'string' ? value : value.join(',')
  }
}
