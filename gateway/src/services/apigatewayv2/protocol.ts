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

/** Whether a member is more than the default that tools send with every call. */
export function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** The kinds that only WebSocket APIs have, with AWS's sentence for an HTTP API, which stacks failed with (observed). */
const webSocketKinds = {
  models: 'Currently, Models are not permitted for APIs with a protocol type of HTTP',
  routeResponses: proxyOnly('RouteResponses'),
  integrationResponses: proxyOnly('IntegrationResponses'),
}

function proxyOnly(kind: string): string {
  const why = 'This is because the API may only be configured with proxy integration at this time.'
  return `${kind} are currently not supported for this API protocol type. ${why}`
}

/** Throws BadRequestException unless it is a WebSocket API; only they have the kind. */
export function webSocketApi(api: { readonly ProtocolType: ProtocolType }, kind: keyof typeof webSocketKinds): void {
  if (api.ProtocolType !== 'WEBSOCKET') throw new BadRequestException(webSocketKinds[kind])
}
