// Which steps call an HTTP API route's integration: one row a type.
import type { Integration } from '@sluice/aws-protocol/apigatewayv2'
import type { Answered } from '../nouns/exchange.ts'
import { HttpFault } from '../nouns/faults.ts'
import type { HttpAdmitted, HttpMapped, HttpRoute } from '../nouns/http.ts'
import { httpTimeoutMs } from '../nouns/limits.ts'
import { subtypeParameters, type IntegrationSubtype } from '../nouns/integration-kinds.ts'
import { awsSubtype } from '../steps/integrate/aws-subtype.ts'
import { httpApiProxy, type HttpApiProxySettings } from '../steps/integrate/http-api-proxy.ts'
import { httpLambda } from '../steps/integrate/http-lambda.ts'
import { reachLink } from '../steps/integrate/vpc-link.ts'
import { mapHttpRequest } from '../steps/map/http-request.ts'
import { mapHttpResponse } from '../steps/map/http-response.ts'
import { Pipeline, type Step } from '../steps/pipeline.ts'
import type { PlanPorts } from './stage-plan.ts'

type Plan = Pipeline<HttpAdmitted, Answered>
type Integrate = Step<HttpAdmitted & Partial<HttpMapped>, Answered>

/** Maps the request, calls the integration, maps its answer; a route without mappings has no mapping steps. */
export function planHttpIntegration(integration: Integration | undefined, facts: HttpRoute, ports: PlanPorts): Plan {
  if (integration === undefined) {
    return Pipeline.from<HttpAdmitted>().step(broken('the route has no integration'))
  }
  const { stage } = facts
  // A subtype's parameters are the service's own: they change no request.
  const mappings = integration.IntegrationSubtype === undefined ? integration.RequestParameters : undefined
  return overLink(integration, facts, ports)
    .step(mapHttpRequest(mappings, stage))
    .step(integrate(integration, facts, ports))
    .step(mapHttpResponse(integration.ResponseParameters, stage))
}

function integrate(integration: Integration, facts: HttpRoute, ports: PlanPorts): Integrate {
  const { IntegrationType: type, IntegrationSubtype: subtype, IntegrationUri: uri = '' } = integration
  const timeoutMs = integration.TimeoutInMillis ?? httpTimeoutMs
  if (type === 'HTTP_PROXY') {
    const settings = { route: facts, uri, httpMethod: integration.IntegrationMethod ?? 'ANY', timeoutMs }
    return integration.ConnectionType === 'VPC_LINK'
      ? privateProxy(settings, integration, ports)
      : httpApiProxy({ ...settings, options: undefined }, ports.upstream)
  }
  if (type !== 'AWS_PROXY') return broken(`${type} integrations are not available for HTTP APIs`)
  if (subtype === undefined) {
    const format = integration.PayloadFormatVersion === '1.0' ? '1.0' : '2.0'
    return httpLambda({ route: facts, uri, format, timeoutMs }, ports.functions)
  }
  if (!isSubtype(subtype)) return broken(`there is no integration subtype ${subtype}`)
  const parameters = integration.RequestParameters ?? {}
  return awsSubtype({ stage: facts.stage, subtype, parameters, timeoutMs }, ports.aws)
}

/**
 * Own: a URL stands where AWS has the ARN of a listener or a Cloud Map service. Those lead nowhere outside AWS: a route with
 * one answers as if no target were healthy. HTTP 8.2, 8.3.
 */
function privateProxy(
  settings: Omit<HttpApiProxySettings, 'options'>,
  { TlsConfig: tls }: Integration,
  { upstream }: PlanPorts,
): Integrate {
  if (/^arn:/i.test(settings.uri)) {
    return refusing(() => unreachable(`${settings.uri} leads nowhere here: the integration needs an http or https URL`))
  }
  const serverName = tls?.ServerNameToVerify
  if (serverName === undefined) return httpApiProxy({ ...settings, isPrivate: true, options: undefined }, upstream)
  const uri = settings.uri.replace(/^http:/i, 'https:')
  return httpApiProxy({ ...settings, uri, isPrivate: true, options: { serverName } }, upstream)
}

/** The step that an integration over a VPC link begins with; none for any other. */
function overLink(
  { ConnectionType: type, ConnectionId: id = '' }: Integration,
  { stage }: HttpRoute,
  ports: PlanPorts,
) {
  const start = Pipeline.from<HttpAdmitted>()
  if (type !== 'VPC_LINK') return start
  return start.step(reachLink(id, stage, ports.vpcLinks, () => unreachable(`the VPC link ${id} is not available`)))
}

function unreachable(log: string): HttpFault {
  return new HttpFault(503, 'Service Unavailable', { log })
}

function isSubtype(name: string): name is IntegrationSubtype {
  return subtypeParameters(name) !== undefined
}

/** A route that cannot work as it is configured: a 500 for each call. */
function broken(log: string): Integrate {
  return refusing(() => new HttpFault(500, 'Internal Server Error', { log }))
}

function refusing(fault: () => HttpFault): Integrate {
  return {
    name: 'integrate',
    run: () => {
      throw fault()
    },
  }
}
