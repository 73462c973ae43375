// The right-hand side of a REST API's mappings: where a value comes from. Compiled when a method or gateway response is planned.
import { contextReader, type ContextExchange } from './context.ts'
import type { RequestParameters } from './request-parameters.ts'
import type { RestStage } from './rest.ts'

/** A text, the values of a repeated query parameter, or nothing: the mapping is then left out. */
export type SourceValue = string | readonly string[] | undefined

export type SourceReader = (exchange: ContextExchange, parameters: RequestParameters) => SourceValue

type ParameterReader = (parameters: RequestParameters, name: string) => SourceValue

/** REST 3.4: single sources are the last value, several header values are joined, several query values repeat. */
const parameterSources: Readonly<Record<string, ParameterReader>> = {
  path: (parameters, name) => parameters.path(name),
  querystring: (parameters, name) => parameters.query(name),
  multivaluequerystring: (parameters, name) => single(parameters.queryAll(name)),
  header: (parameters, name) => parameters.header(name),
  multivalueheader: (parameters, name) => {
    const values = parameters.headerAll(name)
    return values.length === 0 ? undefined : values.join(',')
  },
  // The old spelling of gateway responses.
  params: (parameters, name) => parameters.path(name) ?? parameters.query(name) ?? parameters.header(name),
}

const parameterSource = /^method\.(?:request|input)\.([a-z]+)\.(.+)$/s

/**
 * Compiles `method.request.{path|querystring|header|multivalue…}.N`, `context.X`, `stageVariables.X` or `'literal'`.
 * Undefined when the expression is none of them. An empty result counts as nothing — recorded; REST 3.4.
 */
export function compileSource(expression: string, stage: RestStage): SourceReader | undefined {
  const constant = constantSource(expression, stage)
  if (constant !== undefined) return () => constant.value
  if (expression.startsWith('context.')) {
    const read = contextReader(expression.slice('context.'.length))
    if (read === undefined) return () => undefined
    return (exchange) => {
      const value = read(exchange, stage)
      // Recorded: a variable that is no text is left out.
      return typeof value === 'string' && value !== '' ? value : undefined
    }
  }
  const read = compileParameter(expression)
  if (read === undefined) return undefined
  return (_, parameters) => {
    const value = read(parameters)
    return value === '' ? undefined : value
  }
}

/** Compiles `method.request.{path|querystring|header|multivalue…}.N` alone: a parameter that is there and empty is an empty text. */
export function compileParameter(expression: string): ((parameters: RequestParameters) => SourceValue) | undefined {
  const [, location = '', name = ''] = parameterSource.exec(expression) ?? []
  const read = Object.hasOwn(parameterSources, location) ? parameterSources[location] : undefined
  return read && ((parameters) => read(parameters, name))
}

/** Whether an expression is text in single quotes. */
export function isLiteral(expression: string): boolean {
  return expression.length >= 2 && expression.startsWith("'") && expression.endsWith("'")
}

/** The value of an expression that no request changes; undefined for one that a request fills. */
export function constantSource(
  expression: string,
  stage: RestStage,
): { readonly value: string | undefined } | undefined {
  if (isLiteral(expression)) {
    const literal = expression.slice(1, -1)
    return { value: literal === '' ? undefined : literal }
  }
  if (!expression.startsWith('stageVariables.')) return undefined
  const name = expression.slice('stageVariables.'.length)
  const { variables } = stage
  const value = variables !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined
  return { value: value === '' ? undefined : value }
}

function single(values: readonly string[]): SourceValue {
  return values.length > 1 ? values : values[0]
}
