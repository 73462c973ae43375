// Step `mapRequest` of WebSocket integrations that are no Lambda proxies: the template or the message itself, and the mapped parameters. WebSocket 27.2, 27.3.
import { fromBase64 } from '../../nouns/bytes.ts'
import { configurationFault, fault } from '../../nouns/faults.ts'
import type { MappedParameters } from '../../nouns/outgoing.ts'
import type { SocketExchange, SocketStage } from '../../nouns/socket.ts'
import type { Step } from '../pipeline.ts'
import { compileSocketMappings } from './socket-parameters.ts'
import { compileSocketTemplates } from './socket-templates.ts'

export interface SocketRequestMapping {
  readonly stage: SocketStage
  readonly parameters: Readonly<Record<string, string>> | undefined
  readonly templates: Readonly<Record<string, string>> | undefined
  readonly templateSelection: string | undefined
  readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER'
  /** A message is text: to make bytes of it is all that there is to convert. */
  readonly contentHandling: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT' | undefined
}

/** Told before an integration is called. */
export interface SocketMapped {
  readonly mapped: MappedParameters
  readonly outgoingBody: Uint8Array | string
}

/** Throws GatewayFault: 415 where nothing may pass without a template, 500 for a template that fails. */
export function mapSocketRequest(mapping: SocketRequestMapping): Step<SocketExchange, SocketMapped> {
  const { stage, passthrough, contentHandling } = mapping
  const templates = compileSocketTemplates(mapping.templates, mapping.templateSelection, stage, 'request')
  const mapParameters = compileSocketMappings(mapping.parameters, stage)
  const passes = passthrough === 'WHEN_NO_MATCH' || (passthrough === 'WHEN_NO_TEMPLATES' && templates.isEmpty)
  return {
    name: 'mapRequest',
    run: (exchange) => {
      const template = templates.choose(exchange)
      if (template === undefined && !passes) throw fault('UNSUPPORTED_MEDIA_TYPE')
      const text = template === undefined ? exchange.body : template(exchange, exchange.body)
      const outgoingBody = contentHandling === 'CONVERT_TO_BINARY' ? bytesOf(text) : text
      return { mapped: mapParameters(exchange), outgoingBody }
    },
  }
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text)
  if (bytes === undefined) throw configurationFault('Unable to base64 decode the body.')
  return bytes
}
