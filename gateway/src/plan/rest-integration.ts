// Which steps call a REST method's integration: one row a type.
import type { Integration } from '@sluice/aws-protocol/apigateway'
import type { Answered } from '../nouns/exchange.ts'
import { configurationFault } from '../nouns/faults.ts'
import { restTimeoutMs } from '../nouns/limits.ts'
import type { Mapped, Returned } from '../nouns/outgoing.ts'
import type { Parameterised } from '../nouns/request-parameters.ts'
import type { RestAdmitted, RestStage } from '../nouns/rest.ts'
import type { UpstreamOptions } from '../ports/upstream.ts'
import { asCaller, callerCredentials, requireCallerPermission } from '../steps/integrate/caller-credentials.ts'
import { awsService } from '../steps/integrate/aws-service.ts'
import { http } from '../steps/integrate/http.ts'
import { httpProxy } from '../steps/integrate/http-proxy.ts'
import { lambda } from '../steps/integrate/lambda.ts'
import { lambdaProxy } from '../steps/integrate/lambda-proxy.ts'
import { lambdaStream } from '../steps/integrate/lambda-stream.ts'
import { lambdaFunctionArn } from '../steps/integrate/lambda-uri.ts'
import { mock } from '../steps/integrate/mock.ts'
import { namedRole } from '../steps/integrate/named-role.ts'
import { fillStageVariables } from '../steps/integrate/uri.ts'
import { reachLink } from '../steps/integrate/vpc-link.ts'
import { mapProxyParameters, refuseIllegalHeaders } from '../steps/map/proxy-parameters.ts'
import { mapRequest, type RequestMapping } from '../steps/map/request.ts'
import { mapResponse } from '../steps/map/response.ts'
import { Pipeline, type Step } from '../steps/pipeline.ts'
import { linkUpstream } from './link-upstream.ts'
import type { MethodConfiguration } from './method-configuration.ts'
import type { PlanPorts } from './stage-plan.ts'

type Method = MethodConfiguration['method']
type Ready = RestAdmitted & Parameterised
type Plan = Pipeline<Ready, Answered>

interface Context {
  readonly method: Method
  readonly integration: Integration
  readonly stage: RestStage
  readonly ports: PlanPorts
}

const start = (): Pipeline<Ready, Ready> => Pipeline.from<Ready>()

const integrations: Readonly<Record<NonNullable<Integration['type']>, (context: Context) => Plan>> = {
  HTTP_PROXY: ({ integration, stage, ports }) =>
    start()
      .step(mapProxyParameters(integration.requestParameters, stage))
      .step(
        httpProxy(
          {
            ...callOf(integration, stage),
            options: optionsOf(integration, stage),
            contentHandling: integration.contentHandling,
          },
          linkUpstream(integration, stage, ports),
          streams(integration) ? ports.clock : undefined,
        ),
      ),
  AWS_PROXY: ({ integration, stage, ports }) =>
    start()
      .step(refuseIllegalHeaders(integration.requestParameters, stage))
      .step(
        streams(integration)
          ? lambdaStream(callOf(integration, stage), ports.functions, ports.clock)
          : lambdaProxy(callOf(integration, stage), ports.functions),
      ),
  MOCK: (context) => mapped(context, {}, mock()),
  HTTP: (context) => {
    const { integration, stage, ports } = context
    const settings = { ...callOf(integration, stage), options: optionsOf(integration, stage) }
    const call = http(settings, linkUpstream(integration, stage, ports))
    return mapped(context, { integration: 'HTTP', parameters: integration.requestParameters }, call)
  },
  AWS: (context) => {
    const { integration, stage, ports } = context
    const settings = callOf(integration, stage)
    const call = invokesFunction(settings.uri) ? lambda(settings, ports.functions) : awsService(settings, ports.aws)
    return mapped(context, { integration: 'AWS', parameters: integration.requestParameters }, call)
  },
}

export function planRestIntegration(method: Method, stage: RestStage, ports: PlanPorts): Plan {
  const integration = method.methodIntegration
  if (integration?.type === undefined) return start().step(broken('No integration defined for method'))
  const plan = integrations[integration.type]
  const functionArn = lambdaFunctionArn(fillStageVariables(integration.uri ?? '', stage.variables))
  if (integration.credentials !== callerCredentials || functionArn === undefined) {
    return overLink(integration, stage, ports).through(plan({ method, integration, stage, ports }))
  }
  return start()
    .step(requireCallerPermission(functionArn))
    .through(plan({ method, integration, stage, ports: { ...ports, functions: asCaller(ports.functions) } }))
}

/** The step that an integration over a VPC link begins with; none for any other. */
function overLink({ connectionType, connectionId = '' }: Integration, stage: RestStage, ports: PlanPorts) {
  return connectionType === 'VPC_LINK' ? start().step(reachLink(connectionId, stage, ports.vpcLinks)) : start()
}

/** The three steps of a non-proxy integration. A mock maps no parameters: they have no effect there. */
function mapped(
  { method, integration, stage }: Context,
  mapping: Partial<Pick<RequestMapping, 'integration' | 'parameters'>>,
  call: Step<RestAdmitted & Mapped, Returned>,
): Plan {
  return start()
    .step(
      mapRequest({
        stage,
        integration: mapping.integration ?? 'HTTP',
        parameters: mapping.parameters,
        templates: integration.requestTemplates,
        passthrough: (integration.passthroughBehavior ?? 'WHEN_NO_MATCH') as RequestMapping['passthrough'],
        contentHandling: integration.contentHandling,
      }),
    )
    .step(call)
    .step(
      mapResponse({
        stage,
        responses: Object.values(integration.integrationResponses ?? {}),
        methodResponses: new Set(Object.keys(method.methodResponses ?? {})),
      }),
    )
}

function callOf(integration: Integration, stage: RestStage) {
  return {
    stage,
    uri: integration.uri ?? '',
    httpMethod: integration.httpMethod ?? 'ANY',
    timeoutMs: integration.timeoutInMillis ?? restTimeoutMs,
    role: namedRole(integration.credentials, stage),
  }
}

/** Undefined where nothing is special: integrations of one backend then share its connections. */
function optionsOf({ tlsConfig }: Integration, { clientCertificate }: RestStage): UpstreamOptions | undefined {
  const insecureTls = tlsConfig?.insecureSkipVerification === true
  if (!insecureTls && clientCertificate === undefined) return undefined
  return { ...(insecureTls && { insecureTls }), ...(clientCertificate && { clientCertificate }) }
}

function streams(integration: Integration): boolean {
  return integration.responseTransferMode === 'STREAM'
}

/** Whether a URI is Lambda's Invoke; every other is a service like any. */
function invokesFunction(uri: string): boolean {
  return /^arn:[^:]+:apigateway:[^:]*:lambda:path\/+[^/]+\/functions\/.+\/invocations$/.test(uri)
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
