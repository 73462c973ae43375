// The apigatewaymanagementapi service, by which backends send to, look at and close the connections of WebSocket APIs. WebSocket 30.
import { ServiceFault, type Handlers } from '@sluice/aws-protocol'
import {
  ForbiddenException,
  GoneException,
  LimitExceededException,
  type Operations,
} from '@sluice/aws-protocol/apigatewaymanagementapi'
import { accountBucketKey } from '../../nouns/account-buckets.ts'
import { isSocketId } from '../../nouns/socket-id.ts'
import type { ConnectionAddress, Connections } from '../../ports/connections.ts'
import type { Counters, Rate } from '../../ports/counters.ts'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'

export interface ConnectionsParts {
  readonly connections: Connections
  readonly counters: Pick<Counters, 'admit'>
  /** The rate that the calls share with all requests of the API's account; undefined for no limit. */
  readonly accountRate?: Rate | undefined
}

/** Open choice (?): the body says nothing; clients look at the status and `x-amzn-ErrorType`. */
const gone = (): GoneException => new GoneException('')

export function createConnectionsService({ connections, counters, accountRate }: ConnectionsParts): Service {
  const admit = async ({ connectionsOf, scope }: Call): Promise<void> => {
    if (accountRate === undefined) return
    const key = accountBucketKey(connectionsOf ?? scope)
    if ((await counters.admit([{ kind: 'bucket', key, ...accountRate }])) !== -1) throw tooMany()
  }
  const handlers: Handlers<Operations, keyof Operations, Call> = {
    PostToConnection: async ({ ConnectionId, Data }, call) => {
      const address = addressOf(ConnectionId, call)
      await admit(call)
      const pushed = await connections.push(address, Data)
      if (pushed === 'gone') throw gone()
      if (pushed === 'full') throw tooMany()
    },

    GetConnection: async ({ ConnectionId }, call) => {
      const address = addressOf(ConnectionId, call)
      await admit(call)
      const info = await connections.info(address)
      if (info === undefined) throw gone()
      return {
        ConnectedAt: info.connectedAtMs / 1000,
        Identity: { SourceIp: info.sourceIp, UserAgent: info.userAgent },
        LastActiveAt: info.lastActiveAtMs / 1000,
      }
    },

    DeleteConnection: async ({ ConnectionId }, call) => {
      const address = addressOf(ConnectionId, call)
      await admit(call)
      if (!(await connections.close(address))) throw gone()
    },
  }
  // No handler stores a record, so none needs the store's lock.
  return { name: 'apigatewaymanagementapi', handlers, unlocked: new Set(Object.keys(handlers)) }
}

/** The refusal when the account's rate is reached, or when the client does not read. WebSocket 30.3. */
function tooMany(): LimitExceededException {
  return new LimitExceededException('Too Many Requests')
}

/** The address of a connection in the stage whose URL was called. Throws for a malformed id, and for a stage of another account. */
function addressOf(connectionId: string, { connectionsOf: target, principal }: Call): ConnectionAddress {
  if (target !== undefined && target.account !== principal.account) throw new ForbiddenException('Forbidden')
  if (!isSocketId(connectionId)) {
    throw new ServiceFault('BadRequestException', 400, `Invalid connectionId: ${connectionId}`)
  }
  const stage = target === undefined ? undefined : { apiId: target.apiId, stageName: target.stageName }
  return { connectionId, account: principal.account, stage }
}
