// Refuses members of the other protocol: HTTP APIs do not have those of WebSocket APIs, nor the other way round.
import { BadRequestException, type ProtocolType } from '@sluice/aws-protocol/apigatewayv2'

const names: Readonly<Record<ProtocolType, string>> = { HTTP: 'HTTP', WEBSOCKET: 'WebSocket' }

/**
 * Throws BadRequestException for the first of the members, which APIs of this protocol do not have. `false`, `""`, `[]` and
 * `{}` pass, because tools send the defaults of members with every call.
 */
export function refuseMembers<R extends object>(
  protocol: ProtocolType,
  record: R,
  members: readonly (keyof R & string)[],
): void {
  const member = members.find((name) => saysSomething(record[name]))
  if (member === undefined) return
  throw new BadRequestException(`${member} is not supported for ${names[protocol]} APIs`)
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Throws BadRequestException unless it is a WebSocket API; `what` names the thing that only they have. */
export function webSocketApi(api: { readonly ProtocolType: ProtocolType }, what: string): void {
  if (api.ProtocolType === 'WEBSOCKET') return
  throw new BadRequestException(`${what} are not supported for HTTP APIs`)
}
