// AWS of REST APIs with any service but a Lambda function: a signed request made of mappings and a template. Recorded: REST 33.
import { configurationFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Mapped, Returned } from '../../nouns/outgoing.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { Aws } from '../../ports/aws.ts'
import type { NamedRole } from '../../ports/roles.ts'
import type { Step } from '../pipeline.ts'
import { compileAwsUri } from './aws-uri.ts'
import { callBackend } from './backend-call.ts'
import { bodilessVerbs, outgoingHeaders } from './outgoing-headers.ts'

export interface AwsServiceSettings {
  readonly stage: RestStage
  readonly uri: string
  /** The integration's verb; `ANY` is the client's. */
  readonly httpMethod: string
  readonly timeoutMs: number
  /** Whose credentials sign the call; those of the process when undefined. */
  readonly role: NamedRole | undefined
}

/** Throws GatewayFault when the service cannot be called. */
export function awsService(settings: AwsServiceSettings, aws: Aws): Step<RestAdmitted & Mapped, Returned> {
  const { stage, timeoutMs, role } = settings
  const service = compileAwsUri(settings.uri, stage.variables)
  const { apiId } = stage

  return {
    name: 'integrate',
    run: async (exchange) => {
      if (service === undefined) throw configurationFault('AWS ARN for integration must contain path or action')
      const { mapped, outgoingBody, listener } = exchange
      const target = service.target(mapped)
      if (target === undefined) throw configurationFault('Invalid endpoint address')
      const verb = settings.httpMethod === 'ANY' ? exchange.method : settings.httpMethod
      const isBodiless = bodilessVerbs.has(verb)
      const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
      // The port writes `host`, and signs it: a mapped one cannot go out.
      const mappedHeaders = mapped.headers.filter(([name]) => name.toLowerCase() !== 'host')
      const own = outgoingHeaders(service.headers, [
        ['accept', 'application/json'],
        ['content-type', isBodiless ? undefined : lastHeader(exchange.headers, 'content-type')],
        ['user-agent', `AmazonAPIGateway_${apiId}`],
        ['x-amzn-apigateway-api-id', apiId],
        ['x-amzn-trace-id', trace],
      ])
      const headers = outgoingHeaders(mappedHeaders, pairsOf(own))
      const body = isBodiless || outgoingBody.length === 0 ? undefined : outgoingBody
      const { service: name, endpointPrefix, region } = service
      const request = { service: name, endpointPrefix, region, method: verb, target, headers, body, timeoutMs, role }
      const uri = `https://${endpointPrefix ?? name}.${region}.amazonaws.com${target}`
      const answer = await callBackend(() => aws.call(request), { uri, headers, body }, listener)
      return { returned: { ...answer, selector: String(answer.status), traceId: trace } }
    },
  }
}

function pairsOf(list: readonly string[]): (readonly [name: string, value: string])[] {
  const pairs: [string, string][] = []
  for (let index = 0; index < list.length; index += 2) pairs.push([list[index] ?? '', list[index + 1] ?? ''])
  return pairs
}
