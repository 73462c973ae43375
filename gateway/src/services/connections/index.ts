// The apigatewaymanagementapi service: what backends do with the connections of WebSocket APIs. WebSocket 30.
import { ServiceFault, type Handlers } from '@sluice/aws-protocol'
import {
  ForbiddenException,
  GoneException,
  LimitExceededException,
  type Operations,
} from '@sluice/aws-protocol/apigatewaymanagementapi'
import { isSocketId } from '../../nouns/socket-id.ts'
import type { ConnectionAddress, Connections } from '../../ports/connections.ts'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'

/** Open choice 19: nothing is said in the body; clients go by the status and `x-amzn-ErrorType`. */
const gone = (): GoneException => new GoneException('')

export function createConnectionsService(connections: Connections): Service {
  const handlers: Handlers<Operations, keyof Operations, Call> = {
    PostToConnection: async ({ ConnectionId, Data }, call) => {
      const pushed = await connections.push(addressOf(ConnectionId, call), Data)
      if (pushed === 'gone') throw gone()
      if (pushed === 'full') throw new LimitExceededException('Too Many Requests')
    },

    GetConnection: async ({ ConnectionId }, call) => {
      const info = await connections.info(addressOf(ConnectionId, call))
      if (info === undefined) throw gone()
      return {
        ConnectedAt: info.connectedAtMs / 1000,
        Identity: { SourceIp: info.sourceIp, UserAgent: info.userAgent },
        LastActiveAt: info.lastActiveAtMs / 1000,
      }
    },

    DeleteConnection: async ({ ConnectionId }, call) => {
      if (!(await connections.close(addressOf(ConnectionId, call)))) throw gone()
    },
  }
  // None of them writes a record: they take no lock.
  return { name: 'apigatewaymanagementapi', handlers, unlocked: new Set(Object.keys(handlers)) }
}

/** The stage is the one whose URL was called. Throws for an id that is none, and for a stage of somebody else. */
function addressOf(connectionId: string, { connectionsOf: target, principal }: Call): ConnectionAddress {
  if (target !== undefined && target.account !== principal.account) throw new ForbiddenException('Forbidden')
  if (!isSocketId(connectionId)) {
    throw new ServiceFault('BadRequestException', 400, `Invalid connectionId: ${connectionId}`)
  }
  const stage = target === undefined ? undefined : { apiId: target.apiId, stageName: target.stageName }
  return { connectionId, account: principal.account, stage }
}
