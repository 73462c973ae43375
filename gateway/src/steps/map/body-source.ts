// Mapping sources in a message's body: `body` whole, `body.{JSONPath}`. REST 3.4, 4.2.
import { PathFault } from '@sluice/jsonpath'
import { BudgetFault, jsonText, Meter, type Value } from '@sluice/vtl'
import { configurationFault, type GatewayFault } from '../../nouns/faults.ts'
import { printed } from './host-map.ts'
import { JsonBody } from './json-body.ts'
import { jsonPath, readPath } from './json-path.ts'

/** What a body reads as for mappings. */
export type BodyReader = (body: JsonBody) => string | undefined

/**
 * Compiles what stands behind `method.request.body` or `integration.response.body`: empty, or `.{JSONPath without $.}`.
 * `invalidJson` is the fault of a body that looks like JSON and is none.
 */
export function compileBodySource(inside: string, invalidJson: () => GatewayFault): BodyReader {
  // Recorded: the text is trimmed, and an empty body reads as `{}`.
  if (inside === '') return ({ text }) => text.trim() || '{}'
  const path = `$${inside}`
  const nested = errorMessagePath(inside)
  return (body) => {
    if (!looksLikeJson(body.text)) return undefined
    if (body.document === undefined) throw invalidJson()
    try {
      const value = readPath(path, body) ?? (nested === undefined ? undefined : inErrorMessage(nested, body.document))
      // Recorded: an empty result is none.
      return value === undefined || value === null || value === '' ? undefined : textOf(value)
    } catch (error) {
      if (error instanceof BudgetFault) throw configurationFault(`The value is nested too deep: ${path}`, error)
      throw error instanceof PathFault ? configurationFault(`Invalid JSON path specified: ${path}`, error) : error
    }
  }
}

/** The body is parsed only if its first character is one of these — recorded REST 25. */
function looksLikeJson(text: string): boolean {
  return /^\s*[{["']/.test(text)
}

/** Strings as they are, objects and lists as JSON. */
function textOf(value: Value): string {
  return typeof value === 'object' ? jsonText(value, new Meter({ steps: Infinity, timeMs: Infinity })) : printed(value)
}

const errorMessage = '.errorMessage.'

function errorMessagePath(inside: string): string | undefined {
  return inside.startsWith(errorMessage) ? `$.${inside.slice(errorMessage.length)}` : undefined
}

/** A function's `errorMessage` may itself be JSON text, and paths may go on inside it (documented). */
function inErrorMessage(path: string, document: Value): Value {
  if (typeof document !== 'object' || document === null || !('errorMessage' in document)) return undefined
  const text = document['errorMessage']
  if (typeof text !== 'string') return undefined
  const inner = new JsonBody(text)
  return inner.document === undefined ? undefined : (jsonPath(path).read(inner.document) as Value)
}
