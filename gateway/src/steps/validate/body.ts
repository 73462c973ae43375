// Step `validateBody`: the body against the model of its content type. Recorded: REST 24; REST 2.2.
import { utf8 } from '../../nouns/bytes.ts'
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { RestRouted } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'
import type { ModelCheck, Models } from './models.ts'

/**
 * `requestModels`: content type → model name. Undefined when the method has none.
 * Throws BAD_REQUEST_BODY, and a configuration error for a model that is no schema.
 */
export function validateBody(
  requestModels: Readonly<Record<string, string>> | undefined,
  models: Models,
): Step<RestRouted, object> | undefined {
  const names = new Map(Object.entries(requestModels ?? {}).map(([type, name]) => [type.toLowerCase(), name]))
  if (names.size === 0) return undefined
  return {
    name: 'validateBody',
    run: (exchange) => {
      const contentType = firstMediaType(lastHeader(exchange.headers, 'content-type') ?? 'application/json')
      const name = names.get(contentType) ?? names.get('$default')
      exchange.listener?.decided({
        step: 'validateBody',
        verdict: name === undefined ? 'no model' : 'model chosen',
        reason: { contentType, model: name },
        atMs: exchange.receivedAtMs,
      })
      // Recorded: without a model for its content type a body passes.
      if (name === undefined) return nothing
      const check = models.check(name)
      if (check instanceof Promise) return check.then((ready) => validate(ready, exchange, contentType))
      return validate(check, exchange, contentType)
    },
  }
}

const nothing = {}

function validate(check: ModelCheck, { body, listener }: RestRouted, contentType: string): object {
  if (check.unusable !== undefined) throw configurationFault(`Invalid model schema specified: ${check.unusable}`)
  const document = parse(body)
  if (document === invalid) throw mismatch('invalid JSON', contentType)
  const problem = check.problem(document, body.length)
  if (problem !== undefined) throw mismatch(problem, contentType)
  listener?.logged(`Request validation succeeded for content type ${contentType}`)
  return nothing
}

const invalid = Symbol('no JSON')

/** Recorded: an empty body is validated as `{}`. */
function parse(body: Uint8Array): unknown {
  if (body.length === 0) return {}
  try {
    return JSON.parse(utf8(body))
  } catch {
    return invalid
  }
}

function mismatch(problem: string, contentType: string): GatewayFault {
  const validationError = `[${problem}]`
  return fault('BAD_REQUEST_BODY', {
    validationError,
    log: `Request body does not match model schema for content type ${contentType}: ${validationError}`,
  })
}
