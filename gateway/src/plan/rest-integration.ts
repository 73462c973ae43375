// Which steps call a REST method's integration: one row a type.
import type { Integration } from '@sluice/aws-protocol/apigateway'
import type { Answered } from '../nouns/exchange.ts'
import { configurationFault } from '../nouns/faults.ts'
import { restTimeoutMs } from '../nouns/limits.ts'
import type { RestAdmitted, RestMethod } from '../nouns/rest.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'
import { httpProxy } from '../steps/integrate/http-proxy.ts'
import { lambdaProxy } from '../steps/integrate/lambda-proxy.ts'
import { Pipeline, type Step } from '../steps/pipeline.ts'
import type { PlanPorts } from './stage-plan.ts'

type SnapshotMethod = RestSnapshot['methods'][number]
type Plan = Pipeline<RestAdmitted, Answered>

interface Context {
  readonly method: SnapshotMethod
  readonly integration: Integration
  readonly facts: RestMethod
  readonly ports: PlanPorts
}

const start = (): Pipeline<RestAdmitted, RestAdmitted> => Pipeline.from<RestAdmitted>()

const integrations: Readonly<Record<NonNullable<Integration['type']>, (context: Context) => Plan>> = {
  HTTP_PROXY: ({ integration, facts, ports }) =>
    start().step(
      httpProxy(
        {
          method: facts,
          uri: integration.uri ?? '',
          httpMethod: integration.httpMethod ?? 'ANY',
          timeoutMs: integration.timeoutInMillis ?? restTimeoutMs,
          streams: integration.responseTransferMode === 'STREAM',
          options: integration.tlsConfig?.insecureSkipVerification === true ? { insecureTls: true } : undefined,
        },
        ports.upstream,
      ),
    ),
  AWS_PROXY: ({ integration, facts, ports }) =>
    start().step(
      lambdaProxy(
        {
          method: facts,
          uri: integration.uri ?? '',
          httpMethod: integration.httpMethod ?? '',
          timeoutMs: integration.timeoutInMillis ?? restTimeoutMs,
        },
        ports.functions,
      ),
    ),
  MOCK: () => start().step(broken('MOCK')),
  HTTP: () => start().step(broken('HTTP')),
  AWS: () => start().step(broken('AWS')),
}

export function planRestIntegration(method: SnapshotMethod, facts: RestMethod, ports: PlanPorts): Plan {
  const integration = method.methodIntegration
  if (integration?.type === undefined) return start().step(broken('No integration defined for method'))
  return integrations[integration.type]({ method, integration, facts, ports })
}

/** A method that cannot work as it is configured: AWS's 500 for each call. */
function broken(log: string): Step<RestAdmitted, Answered> {
  return {
    name: 'integrate',
    run: () => {
      throw configurationFault(log)
    },
  }
}
