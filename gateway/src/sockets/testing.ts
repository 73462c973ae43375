// A gateway behind a real listener, with clients for its services, for the tests of WebSocket APIs.
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi'
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createClient, type Client as Service } from '@sluice/aws-protocol'
import { VirtualClock } from '../adapters/clocks.ts'
import type { GatewayParts } from '../gateway-parts.ts'
import { modelOf, type ModelName } from '../services/models.ts'
import { openListening, type Listening } from '../testing.ts'

export interface Place extends Listening {
  readonly clock: VirtualClock
  readonly v2: ApiGatewayV2Client
  readonly lambda: LambdaClient
  /** A client for `@connections` of a stage, by the path-style URL unless another is given. */
  readonly management: (apiId: string, stageName?: string) => ApiGatewayManagementApiClient
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Opens a gateway on a free port. Its clock stands still until it is moved. */
export async function openPlace(parts: Partial<GatewayParts> = {}): Promise<Place> {
  const clock = new VirtualClock()
  const listening = await openListening({ clock, ...parts })
  const { url } = listening
  const config = { region: 'us-east-1', endpoint: url, credentials, maxAttempts: 1 }
  return {
    ...listening,
    clock,
    v2: new ApiGatewayV2Client(config),
    lambda: new LambdaClient(config),
    management: (apiId, stageName = 'dev') =>
      new ApiGatewayManagementApiClient({ ...config, endpoint: `${url}/_aws/execute-api/${apiId}/${stageName}` }),
  }
}

/** A client for a service that no SDK of ours is here for, by the host that it is called by: `logs`. */
export function serviceOf<Operations>(
  { core }: Pick<Place, 'core'>,
  model: ModelName,
  host: string,
): Service<Operations> {
  return createClient<Operations>(modelOf(model), {
    endpoint: `http://${host}.localhost`,
    region: 'us-east-1',
    send: ({ method, path, query, headers, body }) => {
      const named = { ...headers, host: `${host}.localhost` }
      const wire = { method, path, query, headers: named, body }
      const signed = { method, path, query, rawHeaders: Object.entries(named).flat(), body }
      return core.endpoint({ wire, signed })
    },
  })
}
