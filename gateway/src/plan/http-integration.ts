// Which steps call an HTTP API route's integration: one row a type.
import type { Integration } from '@sluice/aws-protocol/apigatewayv2'
import type { Answered } from '../nouns/exchange.ts'
import { HttpFault } from '../nouns/faults.ts'
import type { HttpAdmitted, HttpRoute } from '../nouns/http.ts'
import { httpTimeoutMs } from '../nouns/limits.ts'
import { httpApiProxy } from '../steps/integrate/http-api-proxy.ts'
import { httpLambda } from '../steps/integrate/http-lambda.ts'
import { Pipeline, type Step } from '../steps/pipeline.ts'
import type { PlanPorts } from './stage-plan.ts'

type Plan = Pipeline<HttpAdmitted, Answered>

const start = (): Pipeline<HttpAdmitted, HttpAdmitted> => Pipeline.from<HttpAdmitted>()

export function planHttpIntegration(integration: Integration | undefined, facts: HttpRoute, ports: PlanPorts): Plan {
  if (integration === undefined) return start().step(broken('the route has no integration'))
  const { IntegrationType: type, IntegrationSubtype: subtype, IntegrationUri: uri = '' } = integration
  const timeoutMs = integration.TimeoutInMillis ?? httpTimeoutMs
  if (integration.ConnectionType === 'VPC_LINK')
    return start().step(broken('VPC links are not available in Sluice yet'))
  if (type === 'HTTP_PROXY') {
    const serverName = integration.TlsConfig?.ServerNameToVerify
    const settings = {
      route: facts,
      uri,
      httpMethod: integration.IntegrationMethod ?? 'ANY',
      timeoutMs,
      options: serverName === undefined ? undefined : { serverName },
    }
    return start().step(httpApiProxy(settings, ports.upstream))
  }
  if (type === 'AWS_PROXY' && subtype === undefined) {
    const format = integration.PayloadFormatVersion === '1.0' ? '1.0' : '2.0'
    return start().step(httpLambda({ route: facts, uri, format, timeoutMs }, ports.functions))
  }
  return start().step(broken(`${subtype ?? type} integrations are not available in Sluice yet`))
}

/** A route that cannot work as it is configured: a 500 for each call. */
function broken(log: string): Step<HttpAdmitted, Answered> {
  return {
    name: 'integrate',
    run: () => {
      throw new HttpFault(500, 'Internal Server Error', { log })
    },
  }
}
