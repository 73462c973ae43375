// ImportApi and ReimportApi: make an HTTP API from an OpenAPI 3.0 document with AWS's extensions, or replace one (HTTP 15).
import type { Handlers } from '@sluice/aws-protocol'
import { BadRequestException, type Api, type Cors, type Operations } from '@sluice/aws-protocol/apigatewayv2'
import {
  DocumentFault,
  messagesOf,
  warningsSentence,
  type BasePathMode,
  type HttpApi,
  type Readings,
} from '@sluice/openapi'
import type { Kind } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { mergedTags } from '../tags.ts'
import { shownApi, startApi } from './api-record.ts'
import { checkApi } from './api-rules.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { documentVariables, withoutBroken, type Warned } from './import-authorizers.ts'
import { storeDescription } from './import-records.ts'
import { patched, type Changes } from './patch.ts'

/** The kinds of records that a document replaces; stages and deployments stay. */
const replaced: readonly Kind[] = ['V2Route', 'V2Integration', 'V2Authorizer']

interface ImportInput {
  readonly Basepath?: string | undefined
  readonly Body: string
  readonly FailOnWarnings?: boolean | undefined
}

export const importing: Handlers<Operations, 'ImportApi' | 'ReimportApi', Call> = {
  ImportApi: async (input, call) => {
    const description = await read(call, input)
    const given = { ...apiMembers(description), Tags: description.api.tags, ProtocolType: 'HTTP' } as const
    const { ApiId, record } = await startApi(call, given)
    // A document without a title is imported with a warning; the API still needs a name.
    return keep(call, ApiId, { ...record, Name: description.api.name ?? ApiId }, description)
  },

  ReimportApi: async (input, call) => {
    const stored = await found(call, 'V2Api', [input.ApiId])
    if (stored.ProtocolType !== 'HTTP') throw new BadRequestException('Import is not supported for WebSocket APIs')
    const description = await read(call, input)
    for (const kind of replaced) {
      for (const { key } of await call.store.list(kind, [input.ApiId])) call.store.delete(kind, key)
    }
    const { CorsConfiguration: _cors, Description: _description, Version: _version, ...kept } = withoutReport(stored)
    const Tags = mergedTags(stored.Tags, description.api.tags) ?? {}
    return keep(call, input.ApiId, { ...patched(kept, apiMembers(description)), Tags }, description)
  },
}

async function read(call: Call, input: ImportInput): Promise<Warned> {
  const { Basepath: basepath = 'ignore' } = input
  if (!isBasePathMode(basepath)) {
    throw new BadRequestException('Invalid basepath specified. Must be one of [ignore, prepend, split]')
  }
  const description = withoutBroken(await reading(call, input.Body, basepath), call.unreachableIssuers)
  const { sentences } = description
  if (input.FailOnWarnings === true && sentences.length > 0) throw new BadRequestException(warningsSentence(sentences))
  return description
}

async function reading({ documents, scope }: Call, body: string, basepath: BasePathMode): Promise<Readings['HttpApi']> {
  try {
    return await documents.read('HttpApi', body, { ...documentVariables(scope), basepath })
  } catch (cause) {
    if (cause instanceof DocumentFault) throw new BadRequestException(cause.message)
    throw cause
  }
}

function isBasePathMode(text: string): text is BasePathMode {
  return text === 'ignore' || text === 'prepend' || text === 'split'
}

async function keep(call: Call, apiId: string, record: Api, description: Warned): Promise<Api> {
  checkApi(record)
  call.store.put('V2Api', [apiId], record)
  await storeDescription(call, record, description)
  await autoDeploy(call, apiId)
  return shownApi(call, record)
}

function apiMembers(description: Warned): Changes<Api> {
  const { api } = description
  const Warnings = description.sentences
  const ImportInfo = messagesOf(description.importInfo)
  return {
    Name: api.name,
    Description: api.description,
    Version: api.version,
    DisableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    CorsConfiguration: corsOf(api),
    ...(Warnings.length > 0 && { Warnings }),
    ...(ImportInfo.length > 0 && { ImportInfo }),
  }
}

function corsOf({ corsConfiguration: cors }: HttpApi): Cors | undefined {
  return (
    cors && {
      AllowCredentials: cors.allowCredentials,
      AllowHeaders: cors.allowHeaders,
      AllowMethods: cors.allowMethods,
      AllowOrigins: cors.allowOrigins,
      ExposeHeaders: cors.exposeHeaders,
      MaxAge: cors.maxAge,
    }
  )
}

/** The API without the report of an earlier import, which says nothing about this one. */
function withoutReport({ Warnings: _warnings, ImportInfo: _importInfo, ...record }: Api): Api {
  return record
}
