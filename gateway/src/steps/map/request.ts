// Step `mapRequest` of non-proxy integrations: the template or the passed body, the mapped parameters, the overrides.
import { lastHeader } from '../../nouns/headers.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { Mapped, Overrides } from '../../nouns/outgoing.ts'
import type { Parameterised } from '../../nouns/request-parameters.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'
import type { MappedIntegration } from './header-rules.ts'
import { JsonBody } from './json-body.ts'
import { overrideRequest } from './overrides.ts'
import { compileRequestMappings, nothingMapped } from './parameters.ts'
import { payloadText, requestConversion, type ContentHandling, type Payload } from './payload.ts'
import { requestTemplateChoice, type PassthroughBehavior } from './request-template.ts'
import { compileTemplates, unableToTransform, type MappingTemplate } from './templates.ts'

export interface RequestMapping {
  readonly stage: RestStage
  readonly integration: MappedIntegration
  readonly parameters: Readonly<Record<string, string>> | undefined
  readonly templates: Readonly<Record<string, string>> | undefined
  readonly passthrough: PassthroughBehavior
  readonly contentHandling: ContentHandling
}

type MappedExchange = RestAdmitted & Parameterised

/** Throws GatewayFault: 415 for a media type without a template, 400 and 500 for mappings that fail. */
export function mapRequest(mapping: RequestMapping): Step<MappedExchange, Mapped> {
  const { stage, integration, contentHandling } = mapping
  const templateOf = requestTemplateChoice(compileTemplates(mapping.templates, stage, 'request'), mapping.passthrough)
  const mapParameters = compileRequestMappings(mapping.parameters, stage, integration)
  const whenText = requestConversion(contentHandling, false)
  const whenBinary = requestConversion(contentHandling, true)
  const convert = (exchange: MappedExchange, contentType: string | undefined): Payload => {
    const mediaType = contentType === undefined ? 'application/json' : firstMediaType(contentType)
    return (stage.isBinary(mediaType) ? whenBinary : whenText)(exchange.body)
  }

  return {
    name: 'mapRequest',
    run: (exchange) => {
      const contentType = lastHeader(exchange.headers, 'content-type')
      const template = templateOf(contentType)
      exchange.listener?.decided({
        step: 'mapRequest',
        verdict: template === undefined ? 'body passed' : 'template chosen',
        reason: { contentType, template: template?.key },
        atMs: exchange.receivedAtMs,
      })
      const payload = convert(exchange, contentType)
      const overrides: Overrides = { requestOverride: undefined, responseOverride: undefined }
      const mapped = mapParameters === undefined ? nothingMapped : mapParameters(exchange)
      const outgoingBody = template === undefined ? payload.content : render(template, exchange, payload, overrides)
      return { mapped: overrideRequest(mapped, overrides, integration), outgoingBody, overrides }
    },
  }
}

function render(template: MappingTemplate, exchange: MappedExchange, payload: Payload, overrides: Overrides): string {
  // AWS: any template fails on a binary payload, an empty one too; that is why a mocked preflight of an API whose binary
  // types are `*/*` needs CONVERT_TO_TEXT — REST 9.
  if (!payload.isText) throw unableToTransform('request', new Error('the payload is binary'))
  const body = (): JsonBody => new JsonBody(payloadText(payload) ?? '')
  return template.render({ exchange, parameters: exchange.parameters, body, overrides })
}
