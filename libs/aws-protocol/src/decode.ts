// Request → typed input, in whichever protocol the request matched.
import { ServiceFault, Unreadable } from './fault.ts'
import * as cbor from './protocols/cbor.ts'
import * as json from './protocols/json.ts'
import * as query from './protocols/query.ts'
import * as restJson from './protocols/rest-json.ts'
import type { Dialect, Match } from './service.ts'
import type { WireRequest } from './wire.ts'

const readers = {
  'rest-json': restJson.readInput,
  json: json.readInput,
  query: query.readInput,
  'smithy-rpc-v2-cbor': cbor.readInput,
}

/**
 * The input of the matched operation, by the model's member names: absent members are absent, timestamps are epoch seconds, blobs
 * are bytes, maps have no prototype. Nothing is validated yet. Throws the service's serialization fault, 400, and nothing else.
 */
export function decode(match: Match, request: WireRequest): Record<string, unknown> {
  try {
    return readers[match.protocol](match, request)
  } catch (error) {
    throw error instanceof Unreadable ? serializationFault(match, error) : error
  }
}

/** AWS: `SerializationException` is raised before any validation; the query protocol calls it `MalformedInput`. */
export function serializationFault({ service, protocol }: Dialect, cause: Unreadable): ServiceFault {
  const { overlay, queryCompatible } = service.conventions
  const shape = overlay.faultCodes?.serialization ?? 'SerializationException'
  const spoken = protocol === 'query' || queryCompatible ? 'MalformedInput' : shape
  return new ServiceFault(overlay.faultCodes?.serialization ?? spoken, 400, cause.message, { shape, cause })
}
