// Integration responses: how a WebSocket API maps the result of a backend; chosen by `$default` or a `/regex/` (WebSocket 27.2).
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  ConflictException,
  type IntegrationResponse,
  type Operations,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { invalidMapping } from './integration-uri.ts'
import { checkLengths } from './lengths.ts'
import { page } from './page.ts'
import { mergedMap, patched, pick, type Changes } from './patch.ts'
import { webSocketApi } from './protocol.ts'

const settable = [
  'ContentHandlingStrategy',
  'IntegrationResponseKey',
  'ResponseParameters',
  'ResponseTemplates',
  'TemplateSelectionExpression',
] as const

const responsesPerIntegration = 100
const target = /^method\.response\.header\.[A-Za-z0-9._$-]+$/
const source = /^(?:integration\.response\.header\.[A-Za-z0-9._$-]+|integration\.response\.body(?:\..+)?|'[^']*')$/s

type Names =
  | 'CreateIntegrationResponse'
  | 'GetIntegrationResponse'
  | 'GetIntegrationResponses'
  | 'UpdateIntegrationResponse'
  | 'DeleteIntegrationResponse'

export const integrationResponse: Handlers<Operations, Names, Call> = {
  CreateIntegrationResponse: async (input, call) => {
    webSocketApi(await found(call, 'V2Api', [input.ApiId]), 'integrationResponses')
    const parent = [input.ApiId, input.IntegrationId]
    await found(call, 'V2Integration', parent)
    const IntegrationResponseId = call.ids.short(6)
    const record = changed({ IntegrationResponseId, IntegrationResponseKey: '' }, pick(input, settable))
    const present = await call.store.list('V2IntegrationResponse', parent, { limit: responsesPerIntegration })
    if (present.length === responsesPerIntegration) {
      throw new BadRequestException('Maximum number of Integration Responses for this integration has been reached.')
    }
    return keep(call, [...parent, IntegrationResponseId], record)
  },

  GetIntegrationResponse: (input, call) =>
    found(call, 'V2IntegrationResponse', [input.ApiId, input.IntegrationId, input.IntegrationResponseId]),

  GetIntegrationResponses: async (input, call) => {
    await found(call, 'V2Integration', [input.ApiId, input.IntegrationId])
    return page(call, 'V2IntegrationResponse', [input.ApiId, input.IntegrationId], input)
  },

  UpdateIntegrationResponse: async (input, call) => {
    const key = [input.ApiId, input.IntegrationId, input.IntegrationResponseId]
    return keep(call, key, changed(await found(call, 'V2IntegrationResponse', key), pick(input, settable)))
  },

  DeleteIntegrationResponse: async (input, call) => {
    const key = [input.ApiId, input.IntegrationId, input.IntegrationResponseId]
    await found(call, 'V2IntegrationResponse', key)
    call.store.delete('V2IntegrationResponse', key)
    await autoDeploy(call, input.ApiId)
  },
}

function changed(stored: IntegrationResponse, changes: Changes<IntegrationResponse>): IntegrationResponse {
  const record = patched(stored, {
    ...changes,
    ResponseParameters: mergedMap(stored.ResponseParameters, changes.ResponseParameters),
  })
  const { IntegrationResponseKey: key } = record
  if (key !== '$default' && !/^\/.+\/$/s.test(key)) {
    throw new BadRequestException('IntegrationResponseKey must be $default or a regular expression between slashes')
  }
  checkLengths(record, { IntegrationResponseKey: [1, 128], TemplateSelectionExpression: [1, 128] })
  for (const [name, value] of Object.entries(record.ResponseParameters ?? {})) {
    if (!target.test(name)) throw invalidMapping(name)
    if (value.length > 512 || !source.test(value)) throw invalidMapping(value)
  }
  return record
}

async function keep(call: Call, key: readonly string[], record: IntegrationResponse): Promise<IntegrationResponse> {
  const siblings = await call.store.list('V2IntegrationResponse', key.slice(0, 2))
  const { IntegrationResponseKey: name, IntegrationResponseId: id } = record
  if (
    siblings.some(({ record: other }) => other.IntegrationResponseKey === name && other.IntegrationResponseId !== id)
  ) {
    throw new ConflictException(`Integration response with key ${name} already exists for this integration`)
  }
  call.store.put('V2IntegrationResponse', key, record)
  await autoDeploy(call, key[0] ?? '')
  return record
}
