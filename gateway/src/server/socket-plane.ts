// WebSocket APIs as the front sees them: upgrades go to the sockets, any other request is refused. WebSocket 23.2.
import type { Answer } from '../nouns/exchange.ts'
import { headerBytes, lastHeader } from '../nouns/headers.ts'
import { headerLineBytes } from '../nouns/limits.ts'
import { socketId } from '../nouns/socket-id.ts'
import type { PlannedApi } from '../plan/plans.ts'
import type { SocketPlan } from '../plan/stage-plan.ts'
import type { Sockets } from '../sockets/sockets.ts'
import { errorFrame } from '../steps/answer/socket-error.ts'
import type { Address } from './data-plane.ts'
import type { Destination, Head } from './incoming.ts'
import { plainAnswer } from './plain-answer.ts'

/** The longest URL, in characters, that a connection may be requested with. WebSocket 31.1. */
const connectUrlLength = 4_096

export interface SocketTarget {
  readonly api: PlannedApi
  readonly stageName: string | undefined
  /** What stands behind the stage in the path. */
  readonly rest: string
  readonly plan: SocketPlan | undefined
}

/** The destination of a request to a WebSocket API; `sockets` is absent where nobody can connect. */
export function socketDestination(
  sockets: Sockets | undefined,
  head: Head,
  { domainName, rawQuery, customDomain }: Address,
  { api, stageName, rest, plan }: SocketTarget,
): Destination {
  if (rest.startsWith('/@connections') || rest.startsWith('/%40connections'))
    return refusing(plainAnswer(404, 'Not Found'))
  if (plan === undefined || stageName === undefined || (rest !== '' && rest !== '/')) return refusing(forbidden())
  if (plan.isDefaultEndpointDisabled && customDomain === undefined)
    return refusing(withType(plainAnswer(403, 'Forbidden')))
  if (head.target.length > connectUrlLength) return refusing(plainAnswer(414, 'URI Too Long'))
  if (headerBytes(head.headers) > headerLineBytes) return refusing(plainAnswer(431, 'Request Header Fields Too Large'))
  const { headers, scheme, port } = head
  const opening = {
    plan,
    scope: api.scope,
    apiId: api.apiId,
    stageName,
    domainName,
    sourceIp: head.remoteAddress,
    userAgent: lastHeader(headers, 'user-agent'),
    handshake: { headers, path: head.target.split('?', 1)[0] ?? '', rawQuery, scheme, port },
  }
  return {
    ...refusing(upgradeRequired()),
    upgrade: sockets === undefined ? undefined : (upgrade) => sockets.upgrade(opening, upgrade),
  }
}

function refusing(answer: Answer): Destination {
  return { maximumBodyBytes: 0, handle: () => answer, tooLarge: () => answer }
}

/** AWS names a connection and a request even where there never was one. */
function forbidden(): Answer {
  const body = errorFrame('Forbidden', { connectionId: socketId(), requestId: socketId() })
  return withType({ status: 403, headers: ['Content-Type', 'application/json'], body })
}

function withType(answer: Answer): Answer {
  answer.headers.push('x-amzn-ErrorType', 'ForbiddenException')
  return answer
}

/** A request that asks for no upgrade. AWS documents no status for it; 426 is the open choice here. WebSocket 23.2. */
function upgradeRequired(): Answer {
  const answer = plainAnswer(426, 'Upgrade Required')
  answer.headers.push('Upgrade', 'websocket')
  return answer
}
