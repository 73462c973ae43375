// The apigatewayv2 service: every operation of HTTP and WebSocket APIs, custom domain names and VPC links.
import type { Handlers } from '@sluice/aws-protocol'
import type { JWTConfiguration, Operations } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { notYet } from '../not-yet.ts'
import type { Service } from '../service.ts'
import { apiMapping } from './api-mapping.ts'
import { api } from './api.ts'
import { isIssuerUrl } from './authorizer-rules.ts'
import { authorizer } from './authorizer.ts'
import { deployment } from './deployment.ts'
import { domainName } from './domain-name.ts'
import { exporting } from './export.ts'
import { issuersIn } from './import-authorizers.ts'
import { importing } from './import.ts'
import { integrationResponse } from './integration-response.ts'
import { integration } from './integration.ts'
import { model } from './model.ts'
import { routeResponse } from './route-response.ts'
import { route } from './route.ts'
import { routingRule } from './routing-rule.ts'
import { stage } from './stage.ts'
import { tag } from './tag.ts'
import { vpcLink } from './vpc-link.ts'

const handlers = {
  ...api,
  ...apiMapping,
  ...authorizer,
  ...deployment,
  ...domainName,
  ...exporting,
  ...importing,
  ...integration,
  ...integrationResponse,
  ...model,
  ...route,
  ...routeResponse,
  ...routingRule,
  ...stage,
  ...tag,
  ...vpcLink,
  ...notYet([
    'CreatePortal',
    'CreatePortalProduct',
    'CreateProductPage',
    'CreateProductRestEndpointPage',
    'DeletePortal',
    'DeletePortalProduct',
    'DeletePortalProductSharingPolicy',
    'DeleteProductPage',
    'DeleteProductRestEndpointPage',
    'DisablePortal',
    'GetPortal',
    'GetPortalProduct',
    'GetPortalProductSharingPolicy',
    'GetProductPage',
    'GetProductRestEndpointPage',
    'ListPortalProducts',
    'ListPortals',
    'ListProductPages',
    'ListProductRestEndpointPages',
    'PreviewPortal',
    'PublishPortal',
    'PutPortalProductSharingPolicy',
    'UpdatePortal',
    'UpdatePortalProduct',
    'UpdateProductPage',
    'UpdateProductRestEndpointPage',
  ]),
} satisfies Handlers<Operations, keyof Operations, Call>

export const apigatewayv2Service: Service = { name: 'apigatewayv2', handlers, issuersOf }

async function issuersOf(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  call: Pick<Call, 'scope' | 'documents'>,
): Promise<readonly string[]> {
  const { JwtConfiguration: jwt, Body: body } = input as { JwtConfiguration?: JWTConfiguration; Body?: unknown }
  if (/^(?:Create|Update)Authorizer$/.test(operation)) {
    return jwt?.Issuer !== undefined && isIssuerUrl(jwt.Issuer) ? [jwt.Issuer] : []
  }
  return /^(?:Import|Reimport)Api$/.test(operation) && typeof body === 'string' ? issuersIn(body, call) : []
}
