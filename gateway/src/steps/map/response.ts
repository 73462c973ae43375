// Step `mapResponse` of non-proxy integrations: selection, header mapping, conversion, template, overrides. REST 4.
import type { IntegrationResponse } from '@sluice/aws-protocol/apigateway'
import type { Answer, Answered } from '../../nouns/exchange.ts'
import { configurationFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { Mapped, Returned } from '../../nouns/outgoing.ts'
import type { Parameterised } from '../../nouns/request-parameters.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { headerValue } from '../answer/hop-headers.ts'
import type { Step } from '../pipeline.ts'
import { JsonBody } from './json-body.ts'
import { responseOverride, type ResponseOverride } from './overrides.ts'
import { payloadText, responseConversion, type ContentHandling, type Payload } from './payload.ts'
import { responseHeaderName } from './header-rules.ts'
import { compileResponseHeaders, type ReturnedParts } from './response-headers.ts'
import { compileSelection } from './selection.ts'
import { compileTemplates, unableToTransform, type MappingTemplate } from './templates.ts'

export interface ResponseMapping {
  readonly stage: RestStage
  /** The integration's, by the status of the method response that each answers with. */
  readonly responses: readonly IntegrationResponse[]
  /** Statuses that the method declares. */
  readonly methodResponses: ReadonlySet<string>
}

type MappedExchange = RestAdmitted & Parameterised & Mapped & Returned

/** One integration response, compiled when it is first selected. */
type Respond = (exchange: MappedExchange) => Answer

/** Throws GatewayFault, a configuration error, where nothing matches or a mapping fails. */
export function mapResponse(mapping: ResponseMapping): Step<MappedExchange, Answered> {
  const select = compileSelection(mapping.responses)
  const compiled = new Map<IntegrationResponse, Respond>()
  return {
    name: 'mapResponse',
    run: (exchange) => {
      const { returned, listener } = exchange
      const response = select(returned.selector)
      if (response === undefined) {
        throw configurationFault(
          `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${returned.status}`,
        )
      }
      listener?.decided({
        step: 'mapResponse',
        verdict: 'selected',
        reason: {
          integrationStatus: returned.status,
          selector: returned.selector,
          pattern: response.selectionPattern,
          status: response.statusCode,
        },
        atMs: exchange.receivedAtMs,
      })
      let respond = compiled.get(response)
      if (respond === undefined) compiled.set(response, (respond = compileResponse(response, mapping)))
      return { answer: respond(exchange) }
    },
  }
}

function compileResponse(response: IntegrationResponse, { stage, methodResponses }: ResponseMapping): Respond {
  const { statusCode = '200', contentHandling } = response
  const status = Number(statusCode)
  // A 1xx can be set, and would leave the client waiting for the final answer (?).
  if (!methodResponses.has(statusCode) || status < 200) {
    throw configurationFault(`Output mapping refers to an invalid method response: ${statusCode}`)
  }
  const templates = compileTemplates(response.responseTemplates, stage, 'response')
  const templateOf = (accept: string | undefined): MappingTemplate | undefined =>
    templates.find(accept ?? 'application/json') ?? templates.find('application/json') ?? templates.first
  const mapHeaders = compileResponseHeaders(response.responseParameters, stage)

  return (exchange) => {
    const accept = lastHeader(exchange.headers, 'accept')
    const payload = convert(exchange, { accept, stage, contentHandling })
    let parsed: JsonBody | undefined
    const body = (): JsonBody => (parsed ??= new JsonBody(payloadText(payload) ?? ''))
    const headers = mapHeaders({ exchange, body })
    const template = templateOf(accept)
    const isTransformed = template !== undefined && !template.isEmpty
    const content = isTransformed ? render(template, payload, { exchange, body }) : payload.content
    const override = responseOverride(exchange.overrides)
    if (override !== undefined) overrideHeaders(headers, override)
    if (!hasContentType(headers)) headers.push('Content-Type', isTransformed ? template.key : 'application/json')
    if (exchange.returned.traceId !== undefined) headers.push('X-Amzn-Trace-Id', exchange.returned.traceId)
    return { status: override?.status ?? status, headers, body: content }
  }
}

interface Handling {
  readonly accept: string | undefined
  readonly stage: RestStage
  readonly contentHandling: ContentHandling
}

const nothing: Payload = { content: '', isText: true }

function convert({ returned }: MappedExchange, { accept, stage, contentHandling }: Handling): Payload {
  if (returned.body.length === 0) return nothing
  const contentType = lastHeader(returned.headers, 'content-type') ?? 'application/json'
  const acceptsBinary = accept !== undefined && stage.isBinary(firstMediaType(accept))
  return responseConversion(contentHandling, stage.isBinary(firstMediaType(contentType)), acceptsBinary)(returned.body)
}

function render(
  template: MappingTemplate,
  payload: Payload,
  { exchange, body }: ReturnedParts & { readonly exchange: MappedExchange },
): string {
  if (!payload.isText) throw unableToTransform('response', new Error('the payload is binary'))
  return template.render({ exchange, parameters: exchange.parameters, body, overrides: exchange.overrides })
}

/** An override takes the place of a mapped header of its name. */
function overrideHeaders(headers: string[], override: ResponseOverride): void {
  const visible = override.headers.flatMap(([name, value]) => {
    const visibleName = responseHeaderName(name)
    return visibleName === undefined ? [] : [[visibleName, headerValue(value)] as const]
  })
  const names = new Set(visible.map(([name]) => name.toLowerCase()))
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (names.has((headers[index] ?? '').toLowerCase())) headers.splice(index, 2)
  }
  for (const [name, value] of visible) headers.push(name, value)
}

function hasContentType(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length === 12 && name.toLowerCase() === 'content-type') return true
  }
  return false
}
