// An AWS client of the gateway in the same process: `sluice dev FILE` deploys through the same API as everybody else.
import { createClient, type AnyOperations, type Client } from '@sluice/aws-protocol'
import type { Operations as RestOperations } from '@sluice/aws-protocol/apigateway'
import type { Operations as HttpOperations } from '@sluice/aws-protocol/apigatewayv2'
import type { Operations as LambdaOperations } from '@sluice/aws-protocol/lambda'
import type { Endpoint } from '../services/endpoint.ts'
import { modelOf, type ModelName } from '../services/models.ts'

export interface Clients {
  readonly rest: Client<RestOperations>
  readonly http: Client<HttpOperations>
  readonly lambda: Client<LambdaOperations>
  /** Calls any operation of any service, for resource kinds that are rows of tables. */
  readonly call: AwsCall
}

/** Calls an operation; rejects with ServiceFault when the service refuses. */
export type AwsCall = (
  service: ModelName,
  operation: string,
  input: object,
) => Promise<Readonly<Record<string, unknown>>>

export function createClients(endpoint: Endpoint, region: string): Clients {
  return {
    rest: clientOf<RestOperations>(endpoint, region, 'apigateway'),
    http: clientOf<HttpOperations>(endpoint, region, 'apigatewayv2'),
    lambda: clientOf<LambdaOperations>(endpoint, region, 'lambda'),
    call: async (service, operation, input) =>
      ((await clientOf<AnyOperations>(endpoint, region, service).call(operation, input)) ?? {}) as Readonly<
        Record<string, unknown>
      >,
  }
}

function clientOf<Operations>(endpoint: Endpoint, region: string, model: ModelName): Client<Operations> {
  return createClient<Operations>(modelOf(model), {
    endpoint: 'http://sluice.internal',
    region,
    send: ({ method, path, query, headers, body }) =>
      endpoint({
        wire: { method, path, query, headers, body },
        signed: { method, path, query, rawHeaders: Object.entries(headers).flat(), body },
      }),
  })
}
