// Step `validate` of WebSocket routes: a message against the model that its selection expression names. WebSocket 28.1.
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { compileSelection } from '../../nouns/selection-expression.ts'
import type { SocketExchange } from '../../nouns/socket.ts'
import type { Step } from '../pipeline.ts'
import type { ModelCheck, Models } from './models.ts'

export interface MessageModels {
  /** Selection key → model name. */
  readonly requestModels: Readonly<Record<string, string>> | undefined
  readonly selectionExpression: string | undefined
}

const nothing = {}

/** Undefined when the route has no models. Throws BAD_REQUEST_BODY, and a configuration error for a model that is no schema. */
export function validateMessage(
  { requestModels, selectionExpression }: MessageModels,
  models: Models,
): Step<SocketExchange, object> | undefined {
  const names = new Map(Object.entries(requestModels ?? {}))
  if (names.size === 0) return undefined
  const selection = compileSelection(selectionExpression ?? '$default')
  return {
    name: 'validate',
    run: (exchange) => {
      const name = names.get(selection.evaluate({ body: exchange.document })) ?? names.get('$default')
      if (name === undefined) throw mismatch('no model fits the message')
      const check = models.check(name)
      return check instanceof Promise ? check.then((ready) => compare(ready, exchange)) : compare(check, exchange)
    },
  }
}

function compare({ unusable, problem }: ModelCheck, { body }: SocketExchange): object {
  if (unusable !== undefined) throw configurationFault(`Invalid model schema specified: ${unusable}`)
  let document: unknown
  try {
    document = JSON.parse(body)
  } catch {
    throw mismatch('invalid JSON')
  }
  const found = problem(document, body.length)
  if (found !== undefined) throw mismatch(found)
  return nothing
}

function mismatch(problem: string): GatewayFault {
  const validationError = `[${problem}]`
  return fault('BAD_REQUEST_BODY', {
    message: 'Bad request body',
    validationError,
    log: `Request body does not match model schema: ${validationError}`,
  })
}

/** The connection's parameters that `$connect` declares: `route.request.querystring.token` → whether it must be there. */
export function validateHandshake(
  parameters: Readonly<Record<string, { readonly Required?: boolean | undefined }>> | undefined,
  valuesOf: (exchange: SocketExchange, location: string, name: string) => readonly string[],
): Step<SocketExchange, object> | undefined {
  const required = Object.entries(parameters ?? {}).flatMap(([key, { Required }]) => {
    const [, location, name = ''] = /^route\.request\.(querystring|header)\.(.+)$/s.exec(key) ?? []
    return Required === true && location !== undefined ? [{ location, name }] : []
  })
  if (required.length === 0) return undefined
  return {
    name: 'validate',
    run: (exchange) => {
      const missing = required
        .filter(({ location, name }) => (valuesOf(exchange, location, name).at(-1) ?? '') === '')
        .map(({ name }) => name)
      if (missing.length === 0) return nothing
      const message = `Missing required request parameters: [${missing.join(', ')}]`
      throw fault('BAD_REQUEST_PARAMETERS', { message })
    },
  }
}
