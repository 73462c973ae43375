// Turns a frozen HTTP API into the description that documents are written from: names instead of ids, members that begin
// with small letters.
import type { Integration } from '@sluice/aws-protocol/apigatewayv2'
import type { HttpApi, HttpApiDescription, HttpAuthorizer, HttpIntegration } from '@sluice/openapi'
import type { V2Snapshot } from '../../nouns/snapshot.ts'

/** The description of a snapshot. The tags are passed in because they are not frozen. */
export function describeSnapshot(
  { api, authorizers, integrations, routes }: V2Snapshot,
  tags: Readonly<Record<string, string>> = {},
): HttpApiDescription {
  const names = new Map(authorizers.map(({ AuthorizerId = '', Name }) => [AuthorizerId, Name]))
  const { Name, Description, Version, DisableExecuteApiEndpoint, CorsConfiguration } = api
  return {
    api: described<HttpApi>({ Name, Description, Version, DisableExecuteApiEndpoint, CorsConfiguration, tags }),
    authorizers: authorizers.map(({ AuthorizerId: _id, ...record }) => described<HttpAuthorizer>(record)),
    integrations: integrations.map(describeIntegration),
    routes: routes.map((route) => ({
      routeKey: route.RouteKey,
      authorizationType: route.AuthorizationType ?? 'NONE',
      ...given('authorizerName', names.get(route.AuthorizerId ?? '')),
      ...given('authorizationScopes', route.AuthorizationScopes),
      ...given('operationName', route.OperationName),
      ...given('integrationKey', route.Target?.replace('integrations/', '')),
      place: { line: 1, column: 1, path: '' },
    })),
  }
}

function describeIntegration({ IntegrationId: key = '', ApiGatewayManaged: _managed, ...record }: Integration) {
  return { key, ...described<Omit<HttpIntegration, 'key'>>(record) }
}

/** Members that are maps, whose keys are the user's and stay as they are. */
const maps = new Set(['RequestParameters', 'ResponseParameters', 'Tags', 'tags'])

/** A record with the first letter of all members' names in lower case, at every level, and without absent members. */
function described<Description>(record: object): Description {
  const members = Object.entries(record).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    members.map(([name, value]) => {
      const nested = typeof value === 'object' && !Array.isArray(value) && !maps.has(name)
      return [name.charAt(0).toLowerCase() + name.slice(1), nested ? described(value as object) : (value as unknown)]
    }),
  ) as Description
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]: Value })
}
