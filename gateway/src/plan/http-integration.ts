// Which steps call an HTTP API route's integration: one row a type.
import type { Integration } from '@sluice/aws-protocol/apigatewayv2'
import { noBackends, originsOf } from '../nouns/backends.ts'
import type { Answered } from '../nouns/exchange.ts'
import { HttpFault } from '../nouns/faults.ts'
import type { HttpAdmitted, HttpMapped, HttpRoute } from '../nouns/http.ts'
import { httpTimeoutMs } from '../nouns/limits.ts'
import { subtypeParameters, type IntegrationSubtype } from '../nouns/integration-kinds.ts'
import { asCaller, callerCredentials, forCallers } from '../steps/integrate/caller-credentials.ts'
import { awsSubtype } from '../steps/integrate/aws-subtype.ts'
import { httpApiProxy, type HttpApiProxySettings } from '../steps/integrate/http-api-proxy.ts'
import { httpLambda, noPermission } from '../steps/integrate/http-lambda.ts'
import { lambdaFunctionArn } from '../steps/integrate/lambda-uri.ts'
import { namedRole } from '../steps/integrate/named-role.ts'
import { spreadOver } from '../steps/integrate/spread.ts'
import { fillStageVariables } from '../steps/integrate/uri.ts'
import { reachLink } from '../steps/integrate/vpc-link.ts'
import { mapHttpRequest } from '../steps/map/http-request.ts'
import { mapHttpResponse } from '../steps/map/http-response.ts'
import { Pipeline, type Step } from '../steps/pipeline.ts'
import type { Upstream } from '../ports/upstream.ts'
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
  const role = namedRole(integration.CredentialsArn, facts.stage)
  if (subtype === undefined) {
    const format = integration.PayloadFormatVersion === '1.0' ? '1.0' : '2.0'
    const settings = { route: facts, uri, format, timeoutMs, role } as const
    const functionArn = lambdaFunctionArn(fillStageVariables(uri, facts.stage.variables))
    if (integration.CredentialsArn !== callerCredentials || functionArn === undefined) {
      return httpLambda(settings, ports.functions)
    }
    return forCallers(httpLambda(settings, asCaller(ports.functions)), functionArn, forbidden)
  }
  if (!isSubtype(subtype)) return broken(`there is no integration subtype ${subtype}`)
  const parameters = integration.RequestParameters ?? {}
  return awsSubtype({ stage: facts.stage, subtype, parameters, timeoutMs, role }, ports.aws)
}

/**
 * A listener or a Cloud Map service leads where the configuration says; without a word of it a route answers as if no target
 * were healthy. Own: a URL may stand in an ARN's place. HTTP 8.2, 8.3.
 */
function privateProxy(
  settings: Omit<HttpApiProxySettings, 'options'>,
  { TlsConfig: tls }: Integration,
  { upstream, backends = noBackends, clock }: PlanPorts,
): Integrate {
  const serverName = tls?.ServerNameToVerify
  const overTls = (url: string): string => (serverName === undefined ? url : url.replace(/^http:/i, 'https:'))
  const options = serverName === undefined ? undefined : { serverName }
  const proxy = (uri: string, reached: Upstream): Integrate =>
    httpApiProxy({ ...settings, uri: overTls(uri), isPrivate: true, options }, reached)
  if (!/^arn:/i.test(settings.uri)) return proxy(settings.uri, upstream)
  const origins = originsOf(backends, settings.uri)
  const [first] = origins ?? []
  if (origins === undefined || first === undefined) {
    return refusing(() => unreachable(`${settings.uri} leads nowhere: no --backends names it`))
  }
  return proxy(first, spreadOver(upstream, origins.map(overTls), clock))
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

function forbidden(): HttpFault {
  return new HttpFault(500, 'Internal Server Error', { log: noPermission })
}

function refusing(fault: () => HttpFault): Integrate {
  return {
    name: 'integrate',
    run: () => {
      throw fault()
    },
  }
}
