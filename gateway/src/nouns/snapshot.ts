// The deployment document: what CreateDeployment freezes of an API, in AWS's own shapes, immutable and named by its hash.
import { createHash } from 'node:crypto'
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import { linedJson, type LinedText } from './lined-json.ts'
import type { ResourceRecord } from './records.ts'

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

/** A snapshot whose lists need not be there all at once: their entries are made as they are gone through, once. */
export type Freezing<Frozen extends Snapshot> = {
  readonly [Name in keyof Frozen]: Frozen[Name] extends readonly (infer Entry)[] ? Iterable<Entry> : Frozen[Name]
}

/** A snapshot as it is kept. */
export interface WrittenSnapshot {
  /** Its name: SHA-256 (hex) of its JSON. Freezing reads records in key order, so equal APIs give equal hashes. */
  readonly hash: string
  readonly text: LinedText
}

/** Writes and names a snapshot, in turns. */
export async function writtenSnapshot(snapshot: Freezing<Snapshot>): Promise<WrittenSnapshot> {
  const hash = createHash('sha256')
  const text = await linedJson(snapshot, (part) => hash.update(part.replaceAll('\n', '')))
  return { hash: hash.digest('hex'), text }
}
