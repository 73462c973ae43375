// The WebSocket half of docs/lifecycle.md: what its routes may be configured with, for the page's step lists.
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { V2Snapshot } from '../nouns/snapshot.ts'

const backend = 'http://127.0.0.1:8080/pets'
const invocation =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:pets/invocations'

interface Configured {
  readonly route: Omit<apigatewayv2.Route, 'Target'>
  readonly integration: apigatewayv2.Integration | undefined
}

const message = (integration: apigatewayv2.Integration, route: object = {}): Configured => ({
  route: { RouteKey: '', ...route },
  integration,
})
const mock: apigatewayv2.Integration = { IntegrationType: 'MOCK' }

/** What is configured → a route with its integration; `undefined` for none. One row shows one thing that may change the list. */
const routes: Readonly<Record<string, Configured>> = {
  '`$connect`, without an integration': { route: { RouteKey: '$connect' }, integration: undefined },
  'message, integration `AWS_PROXY` (a Lambda function)': message({
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: invocation,
  }),
  'message, integration `HTTP_PROXY`': message({ IntegrationType: 'HTTP_PROXY', IntegrationUri: backend }),
  'message, integration `HTTP`': message({ IntegrationType: 'HTTP', IntegrationUri: backend }),
  'message, integration `AWS`': message({ IntegrationType: 'AWS', IntegrationUri: invocation }),
  'message, integration `MOCK`': message(mock),
  'message, an API key is required': message(mock, { ApiKeyRequired: true }),
  'message, request models': message(mock, { RequestModels: { $default: 'Pet' } }),
  '`$disconnect`, integration `AWS_PROXY`': {
    route: { RouteKey: '$disconnect' },
    integration: { IntegrationType: 'AWS_PROXY', IntegrationUri: invocation },
  },
}

export const webSocketConfigurations: readonly string[] = Object.keys(routes)

export const webSocketSnapshot: V2Snapshot = {
  format: 1,
  protocol: 'WEBSOCKET',
  api: {
    ApiId: 'a1b2c3d4e5',
    Name: 'lifecycle',
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
  },
  routes: Object.values(routes).map(({ route, integration }, index) => ({
    ...route,
    RouteKey: route.RouteKey === '' ? `route ${index}` : route.RouteKey,
    Target: integration === undefined ? undefined : `integrations/i${index}`,
  })),
  routeResponses: [],
  integrations: Object.values(routes).flatMap(({ integration }, index) =>
    integration === undefined ? [] : [{ ...integration, IntegrationId: `i${index}` }],
  ),
  integrationResponses: [],
  authorizers: [],
  models: [{ Name: 'Pet', Schema: '{"type":"object"}' }],
}
