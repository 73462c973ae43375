// Which steps call an HTTP API route's integration: one row a type.
import type { Integration } from '@sluice/aws-protocol/apigatewayv2'
import type { Answered } from '../nouns/exchange.ts'
import { HttpFault } from '../nouns/faults.ts'
import type { HttpAdmitted, HttpMapped, HttpRoute } from '../nouns/http.ts'
import { httpTimeoutMs } from '../nouns/limits.ts'
import { subtypeParameters, type IntegrationSubtype } from '../nouns/integration-kinds.ts'
import { awsSubtype } from '../steps/integrate/aws-subtype.ts'
import { httpApiProxy } from '../steps/integrate/http-api-proxy.ts'
import { httpLambda } from '../steps/integrate/http-lambda.ts'
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
  return Pipeline.from<HttpAdmitted>()
    .step(mapHttpRequest(mappings, stage))
    .step(integrate(integration, facts, ports))
    .step(mapHttpResponse(integration.ResponseParameters, stage))
}

function integrate(integration: Integration, facts: HttpRoute, ports: PlanPorts): Integrate {
  const { IntegrationType: type, IntegrationSubtype: subtype, IntegrationUri: uri = '' } = integration
  const timeoutMs = integration.TimeoutInMillis ?? httpTimeoutMs
  if (integration.ConnectionType === 'VPC_LINK') return broken('VPC links are not available in Sluice yet')
  if (type === 'HTTP_PROXY') {
    const serverName = integration.TlsConfig?.ServerNameToVerify
    const settings = {
      route: facts,
      uri,
      httpMethod: integration.IntegrationMethod ?? 'ANY',
      timeoutMs,
      options: serverName === undefined ? undefined : { serverName },
    }
    return httpApiProxy(settings, ports.upstream)
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

function isSubtype(name: string): name is IntegrationSubtype {
  return subtypeParameters(name) !== undefined
}

/** A route that cannot work as it is configured: a 500 for each call. */
function broken(log: string): Integrate {
  return {
    name: 'integrate',
    run: () => {
      throw new HttpFault(500, 'Internal Server Error', { log })
    },
  }
}
