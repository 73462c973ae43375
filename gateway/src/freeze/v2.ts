// Freezes an HTTP or WebSocket API: every record that a deployment fixes, in key order, as one immutable snapshot.
import type { Api } from '@sluice/aws-protocol/apigatewayv2'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import type { Reader } from '../ports/store.ts'

/**
 * The API as it stands in the reader. Both protocols freeze alike: the kinds that HTTP APIs do not have are empty lists.
 * Tags, import messages and stages are not part of a deployment and change without one.
 */
export async function freezeV2Api(reader: Reader, api: Api, apiId: string): Promise<V2Snapshot> {
  const { Tags: _tags, ImportInfo: _importInfo, Warnings: _warnings, ...frozen } = api
  const [routes, routeResponses, integrations, integrationResponses, authorizers, models] = await Promise.all([
    reader.list('V2Route', [apiId]),
    reader.list('V2RouteResponse', [apiId]),
    reader.list('V2Integration', [apiId]),
    reader.list('V2IntegrationResponse', [apiId]),
    reader.list('V2Authorizer', [apiId]),
    reader.list('V2Model', [apiId]),
  ])
  return {
    format: 1,
    protocol: api.ProtocolType,
    api: frozen,
    routes: routes.map(({ record }) => record),
    routeResponses: routeResponses.map(({ key, record }) => ({ ...record, routeId: key[1] ?? '' })),
    integrations: integrations.map(({ record }) => record),
    integrationResponses: integrationResponses.map(({ key, record }) => ({ ...record, integrationId: key[1] ?? '' })),
    authorizers: authorizers.map(({ record }) => record),
    models: models.map(({ record }) => record),
  }
}
