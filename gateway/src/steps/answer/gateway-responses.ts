// Customised gateway responses of a REST API, compiled when a stage is planned. REST 6.7, 7.3.
import type { GatewayResponse } from '@sluice/aws-protocol/apigateway'
import type { ContextExchange } from '../../nouns/context.ts'
import type { Answer, PathParameters, Received } from '../../nouns/exchange.ts'
import { gatewayResponses, type GatewayFault, type GatewayResponseType } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { compileSource, type SourceReader } from '../../nouns/mapping-source.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import { RequestParameters } from '../../nouns/request-parameters.ts'
import type { RestStage } from '../../nouns/rest.ts'
import { defaultGatewayResponse } from './gateway-response.ts'
import { compileErrorTemplate, type ErrorTemplate } from './error-template.ts'
import { headerValue, passes } from './hop-headers.ts'

/** A request that failed: what was known of it by then. */
export type FailedExchange = ContextExchange & {
  readonly fault: GatewayFault
  readonly pathParameters?: PathParameters
}

interface Customised {
  readonly status: number | undefined
  readonly headers: readonly { readonly name: string; readonly read: SourceReader }[]
  /** By media type in lower case, in the order of their definition. */
  readonly templates: ReadonlyMap<string, { readonly mediaType: string; readonly fill: ErrorTemplate }>
}

/** Fault → answer, for one stage. */
export function compileGatewayResponses(
  responses: readonly GatewayResponse[],
  stage: RestStage,
): (fault: GatewayFault, received: Received) => Answer {
  const customised = new Map(responses.map((response) => [response.responseType, compile(response, stage)]))
  if (customised.size === 0) return defaultGatewayResponse
  return (fault, received) => {
    const response = customised.get(fault.type) ?? customised.get(fallbackOf(fault.type) ?? fault.type)
    return response === undefined ? defaultGatewayResponse(fault) : answer(response, { ...received, fault })
  }
}

/** The class whose customised response serves a type that is not customised itself. Too large a request has no fallback (?). */
function fallbackOf(type: GatewayResponseType): GatewayResponseType | undefined {
  if (type === 'REQUEST_TOO_LARGE') return undefined
  return gatewayResponses[type].status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
}

/** The templates of a response that was customised without any, as on AWS. */
const defaultTemplates = { 'application/json': '{"message":$context.error.messageString}' }

const headerTarget = 'gatewayresponse.header.'

function compile(response: GatewayResponse, stage: RestStage): Customised {
  const { statusCode, responseParameters = {}, responseTemplates = {} } = response
  const texts = Object.keys(responseTemplates).length === 0 ? defaultTemplates : responseTemplates
  const headers = Object.entries(responseParameters).flatMap(([key, expression]) => {
    const name = key.startsWith(headerTarget) ? key.slice(headerTarget.length) : ''
    const read = compileSource(expression, stage)
    // Headers that frame the answer are the gateway's own (?).
    return passes(name) && read !== undefined ? [{ name, read }] : []
  })
  const templates = Object.entries(texts).map(
    ([mediaType, text]) =>
      [
        mediaType.toLowerCase(),
        { mediaType: headerValue(mediaType), fill: compileErrorTemplate(text, stage) },
      ] as const,
  )
  return {
    // A 1xx would leave the client waiting for the final answer: the fault's own status stands (?).
    status: Number(statusCode) >= 200 ? Number(statusCode) : undefined,
    headers,
    templates: new Map(templates),
  }
}

function answer({ status, headers, templates }: Customised, failed: FailedExchange): Answer {
  const { fault } = failed
  const parameters = new RequestParameters(failed)
  const mapped: string[] = []
  const names = new Set<string>()
  for (const { name, read } of headers) {
    const value = read(failed, parameters)
    if (value === undefined) continue
    mapped.push(name, headerValue(typeof value === 'string' ? value : value.join(',')))
    names.add(name.toLowerCase())
  }
  const accept = lastHeader(failed.headers, 'accept')
  const template =
    (accept === undefined ? undefined : templates.get(firstMediaType(accept))) ??
    templates.get('application/json') ??
    templates.values().next().value
  const own = ['Content-Type', template?.mediaType ?? 'application/json', 'x-amzn-ErrorType', fault.errorType]
  const kept = own.filter((_, index) => !names.has((own[index - (index % 2)] ?? '').toLowerCase()))
  return {
    status: status ?? fault.status,
    headers: [...kept, ...mapped],
    body: template?.fill(failed, parameters) ?? '',
  }
}
