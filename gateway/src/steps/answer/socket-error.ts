// Errors of WebSocket APIs: one form for frames and for refused upgrades, which nobody can customise. WebSocket 25.2, 29.
import type { GatewayFault } from '../../nouns/faults.ts'
import type { Admission } from '../../nouns/socket.ts'

type Ids = { readonly connectionId: string; readonly requestId: string }

/** One space behind `"message":` and behind each comma, none behind the other colons, as observed. */
export function errorFrame(sentence: string, { connectionId, requestId }: Ids): string {
  return `{"message": ${JSON.stringify(sentence)}, "connectionId":"${connectionId}", "requestId":"${requestId}"}`
}

/** The sentence that a client reads of a fault. Inner failures are all the same to it, as on AWS. */
export function sentenceOf({ sentence, status }: GatewayFault): string {
  // The REST words for an unreachable backend are no words of WebSocket APIs.
  if (status >= 500 && sentence !== 'Endpoint request timed out') return 'Internal server error'
  return sentence ?? 'Internal server error'
}

/** The answer to an upgrade that a fault ended. */
export function refusedByFault(fault: GatewayFault, ids: Ids): Admission {
  return {
    accepted: false,
    status: fault.status,
    headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', fault.errorType],
    body: errorFrame(sentenceOf(fault), ids),
  }
}

const sentences: ReadonlyMap<number, string> = new Map([
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [429, 'Too Many Requests'],
])

/** Open choice: a backend's refusal keeps its status and body; its headers are dropped. Without a body there is ours. */
export function refusedByBackend(status: number, body: string, ids: Ids): Admission {
  const own = sentences.get(status) ?? (status >= 500 ? 'Internal server error' : 'Bad Request')
  return {
    accepted: false,
    status,
    headers: ['Content-Type', 'application/json'],
    body: body === '' ? errorFrame(own, ids) : body,
  }
}
