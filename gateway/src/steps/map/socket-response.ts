// Step `mapResponse` of WebSocket integrations that are no proxies: the integration response that fits, its template, its headers. WebSocket 27.2, 27.3.
import type { IntegrationResponse } from '@sluice/aws-protocol/apigatewayv2'
import { base64, utf8 } from '../../nouns/bytes.ts'
import { configurationFault, type GatewayFault } from '../../nouns/faults.ts'
import { headerValues, lastHeader } from '../../nouns/headers.ts'
import type { Returned } from '../../nouns/outgoing.ts'
import type { SelectionResponse } from '../../nouns/selection-expression.ts'
import type { Replied, SocketExchange, SocketStage } from '../../nouns/socket.ts'
import type { Step } from '../pipeline.ts'
import { compileBodySource } from './body-source.ts'
import { JsonBody } from './json-body.ts'
import { compileSelection } from './selection.ts'
import { compileSocketTemplates } from './socket-templates.ts'

type Exchange = SocketExchange & Returned

/** Throws GatewayFault, a configuration error, where no integration response fits or a template fails. */
export function mapSocketResponse(
  responses: readonly IntegrationResponse[],
  stage: SocketStage,
): Step<Exchange, Replied> {
  const selectable = responses.map((response) => ({
    selectionPattern:
      response.IntegrationResponseKey === '$default' ? '' : response.IntegrationResponseKey.slice(1, -1),
    respond: compileResponse(response, stage),
  }))
  const select = compileSelection(selectable)
  return {
    name: 'mapResponse',
    run: (exchange) => {
      const { selector, status } = exchange.returned
      const selected = select(selector)
      if (selected === undefined) {
        throw configurationFault(
          `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${status}`,
        )
      }
      return { reply: selected.respond(exchange) }
    },
  }
}

function compileResponse(response: IntegrationResponse, stage: SocketStage): (exchange: Exchange) => Replied['reply'] {
  const { ResponseTemplates, TemplateSelectionExpression, ContentHandlingStrategy: handling } = response
  const templates = compileSocketTemplates(ResponseTemplates, TemplateSelectionExpression, stage, 'response')
  const subprotocol = compileSubprotocol(response.ResponseParameters)
  return (exchange) => {
    const { returned } = exchange
    const text = contentText(returned.body, handling)
    const template = templates.choose(exchange, sourceOf(returned))
    return {
      status: returned.status,
      body: template === undefined ? text : template(exchange, text),
      subprotocol: subprotocol?.(returned, text),
    }
  }
}

/** A frame is text: bytes travel as base64, base64 text may travel as what it encodes. WebSocket 28.2. */
function contentText(body: Uint8Array, handling: IntegrationResponse['ContentHandlingStrategy']): string {
  if (body.length === 0) return ''
  if (handling === 'CONVERT_TO_TEXT') return base64(body)
  const text = utf8(body)
  return handling === 'CONVERT_TO_BINARY' ? Buffer.from(text, 'base64').toString('utf8') : text
}

function sourceOf({ status, headers }: Returned['returned']): SelectionResponse {
  return { status, header: (name) => headerValues(headers, name) }
}

type Read = (returned: Returned['returned'], text: string) => string | undefined

/** The one response header that a client ever sees: the subprotocol of the 101 (?). WebSocket 25.3. */
function compileSubprotocol(parameters: Readonly<Record<string, string>> | undefined): Read | undefined {
  const entry = Object.entries(parameters ?? {}).find(
    ([name]) => name.toLowerCase() === 'method.response.header.sec-websocket-protocol',
  )
  const expression = entry?.[1]
  if (expression === undefined) return undefined
  if (expression.startsWith("'")) return () => expression.slice(1, -1)
  const header = /^integration\.response\.header\.(.+)$/s.exec(expression)?.[1]?.toLowerCase()
  if (header !== undefined) return ({ headers }) => lastHeader(headers, header)
  const read = compileBodySource(expression.slice('integration.response.body'.length), invalidJson)
  return (_, text) => read(new JsonBody(text))
}

function invalidJson(): GatewayFault {
  return configurationFault('Invalid JSON in response body')
}
