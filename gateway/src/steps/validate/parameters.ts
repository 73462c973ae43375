// Step `validateParameters`: required parameters that are missing or blank. Recorded: REST 24; REST 2.2.
import { fault } from '../../nouns/faults.ts'
import type { Parameterised, RequestParameters } from '../../nouns/request-parameters.ts'
import type { RestRouted } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'

const readers: Readonly<Record<string, (parameters: RequestParameters, name: string) => string | undefined>> = {
  header: (parameters, name) => parameters.header(name),
  path: (parameters, name) => parameters.path(name),
  querystring: (parameters, name) => parameters.query(name),
}

const parameterKey = /^method\.request\.(header|path|querystring)\.(.+)$/s

/**
 * `requestParameters`: `method.request.{location}.{name}` → whether it is required. Undefined when none is.
 * Throws BAD_REQUEST_PARAMETERS, which names what is missing: headers, then path, then query, each sorted.
 */
export function validateParameters(
  requestParameters: Readonly<Record<string, boolean>> | undefined,
): Step<RestRouted & Parameterised, object> | undefined {
  const required = Object.entries(requestParameters ?? {})
    .filter(([, isRequired]) => isRequired)
    .map(([key]) => key)
    .toSorted((left, right) => (left < right ? -1 : 1))
    .flatMap((key) => {
      const [, location = '', name = ''] = parameterKey.exec(key) ?? []
      const read = readers[location]
      return read === undefined ? [] : [{ name, read }]
    })
  if (required.length === 0) return undefined
  return {
    name: 'validateParameters',
    run: ({ parameters, listener, receivedAtMs }) => {
      const missing = required.filter(({ name, read }) => (read(parameters, name) ?? '').trim() === '')
      listener?.decided({
        step: 'validateParameters',
        verdict: missing.length === 0 ? 'all there' : 'missing',
        reason: { required: required.length, missing: missing.map(({ name }) => name) },
        refuses: missing.length > 0,
        atMs: receivedAtMs,
      })
      if (missing.length === 0) return nothing
      const message = `Missing required request parameters: [${missing.map(({ name }) => name).join(', ')}]`
      throw fault('BAD_REQUEST_PARAMETERS', { message, log: message })
    },
  }
}

const nothing = {}
