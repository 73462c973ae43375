// What only one of the two protocols has: HTTP APIs refuse WebSocket members and the other way round.
import { BadRequestException, type ProtocolType } from '@sluice/aws-protocol/apigatewayv2'

const names: Readonly<Record<ProtocolType, string>> = { HTTP: 'HTTP', WEBSOCKET: 'WebSocket' }

/**
 * Refuses the first of the members that an API of this protocol does not have. `false`, `""`, `[]` and `{}` say nothing
 * and pass, because tools send a member's default with every call.
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

/** Refuses an API of the other protocol: `what` exists for WebSocket APIs only. */
export function webSocketApi(api: { readonly ProtocolType: ProtocolType }, what: string): void {
  if (api.ProtocolType === 'WEBSOCKET') return
  throw new BadRequestException(`${what} are not supported for HTTP APIs`)
}
