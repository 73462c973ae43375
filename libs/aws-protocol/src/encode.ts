// Typed output or fault → answer, in the protocol the request came in.
import type { ServiceFault } from './fault.ts'
import * as cbor from './protocols/cbor.ts'
import * as json from './protocols/json.ts'
import * as query from './protocols/query.ts'
import * as restJson from './protocols/rest-json.ts'
import type { Dialect, Match } from './service.ts'
import type { WireAnswer } from './wire.ts'

const writers = { 'rest-json': restJson, json, query, 'smithy-rpc-v2-cbor': cbor }

/** The answer of an operation that succeeded. `undefined` and `null` members are left out; empty lists and maps are written. */
export function encode(
  match: Match,
  output: object | undefined,
  { requestId }: { readonly requestId: string },
): WireAnswer {
  return writers[match.protocol].writeOutput(match, output ?? {}, requestId)
}

/** The answer for a fault of an operation, or for a request that matched no operation (`service.dialect(request)`). */
export function encodeFault(
  dialect: Dialect,
  fault: ServiceFault,
  { requestId }: { readonly requestId: string },
): WireAnswer {
  const answer = writers[dialect.protocol].writeFault(dialect, fault, requestId)
  if (!dialect.queryMode || !dialect.service.conventions.queryCompatible) return answer
  const legacy = `${fault.code};${fault.senderFault ? 'Sender' : 'Receiver'}`
  return { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': legacy } }
}
