// The deployment document: what CreateDeployment freezes of an API, in AWS's own shapes, immutable and named by its hash.
import { createHash } from 'node:crypto'
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import { linesOf } from './lined-json.ts'
import type { ResourceRecord } from './records.ts'
import { Turns } from './turns.ts'

/** A REST API as a deployment froze it. */
export interface RestSnapshot {
  readonly format: 1
  readonly protocol: 'REST'
  readonly api: apigateway.RestApi
  readonly resources: readonly ResourceRecord[]
  /** Every method with the id of the resource it belongs to. */
  readonly methods: readonly (apigateway.Method & { readonly resourceId: string })[]
  readonly models: readonly apigateway.Model[]
  readonly requestValidators: readonly apigateway.RequestValidator[]
  readonly authorizers: readonly apigateway.Authorizer[]
  readonly gatewayResponses: readonly apigateway.GatewayResponse[]
}

/** An HTTP or WebSocket API as a deployment froze it. */
export interface V2Snapshot {
  readonly format: 1
  readonly protocol: 'HTTP' | 'WEBSOCKET'
  readonly api: apigatewayv2.Api
  readonly routes: readonly apigatewayv2.Route[]
  readonly routeResponses: readonly (apigatewayv2.RouteResponse & { readonly routeId: string })[]
  readonly integrations: readonly apigatewayv2.Integration[]
  readonly integrationResponses: readonly (apigatewayv2.IntegrationResponse & { readonly integrationId: string })[]
  readonly authorizers: readonly apigatewayv2.Authorizer[]
  readonly models: readonly apigatewayv2.Model[]
}

export type Snapshot = RestSnapshot | V2Snapshot

/** The snapshot's name: SHA-256 (hex) of its JSON. Freezing reads records in key order, so equal APIs give equal hashes. */
export async function snapshotHash(snapshot: Snapshot): Promise<string> {
  const hash = createHash('sha256')
  const turns = new Turns()
  for (const text of linesOf(snapshot)) {
    hash.update(text.replaceAll('\n', ''))
    const others = turns.next()
    if (others !== undefined) await others
  }
  return hash.digest('hex')
}
