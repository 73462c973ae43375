// Integrations: the backend that a method calls; stored inside their method. Rules: recorded REST 6, REST 3.
import type { Integration, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { foundIntegration, foundMethod, methodKey } from './found.ts'
import { checkIntegration, passthroughBehaviorOf, withDefaults } from './integration-rules.ts'
import { flag, integerOr, listingOps, mapEntries, oneOf, patched, setting, text, withMember } from './patch.ts'
import type { PatchRule } from './patch.ts'
import { shownIntegration } from './shown-method.ts'

export const integration: Handlers<
  Operations,
  'PutIntegration' | 'GetIntegration' | 'UpdateIntegration' | 'DeleteIntegration',
  Call
> = {
  PutIntegration: async (input, call) => {
    const method = await foundMethod(call, input)
    const given = { ...input, httpMethod: input.integrationHttpMethod }
    const methodIntegration = withDefaults(input.type, given, input.resourceId)
    await checkIntegration(call, method, methodIntegration)
    call.store.put('Method', methodKey(input), { ...method, methodIntegration })
    return shownIntegration(methodIntegration)
  },

  GetIntegration: async (input, call) => shownIntegration((await foundIntegration(call, input)).integration),

  UpdateIntegration: async (input, call) => {
    const { method, integration: before } = await foundIntegration(call, input)
    const edited = patched(before, input.patchOperations, rulesOf(input.resourceId), listingOps)
    const methodIntegration = withDefaults(edited.type ?? 'MOCK', edited, input.resourceId)
    await checkIntegration(call, method, methodIntegration)
    call.store.put('Method', methodKey(input), { ...method, methodIntegration })
    return shownIntegration(methodIntegration)
  },

  DeleteIntegration: async (input, call) => {
    const { method } = await foundIntegration(call, input)
    call.store.put('Method', methodKey(input), withMember(method, 'methodIntegration', undefined))
  },
}

/** The patch rule of cache keys, which may be named in the path or by the value: both are in use. */
function cacheKeys(path: string): PatchRule<Integration> {
  const keysOf = (record: Integration) => record.cacheKeyParameters ?? []
  return {
    path,
    add: (record, { names, value }) => {
      const key = names[0] ?? value
      if (key === undefined || keysOf(record).includes(key)) return record
      return { ...record, cacheKeyParameters: [...keysOf(record), key] }
    },
    // (?) As with binary media types, the named key is removed and the new one appended. Without a name the value is the whole list.
    replace: (record, { names: [name], value }) => {
      const kept = name === undefined ? [] : keysOf(record).filter((each) => each !== name)
      return { ...record, cacheKeyParameters: [...kept, ...(text(value)?.split(',') ?? [])] }
    },
    remove: (record, { names, value }) => ({
      ...record,
      cacheKeyParameters: keysOf(record).filter((each) => each !== (names[0] ?? value)),
    }),
  }
}

function rulesOf(resourceId: string): readonly PatchRule<Integration>[] {
  return [
    { path: '/httpMethod', replace: setting('httpMethod', text) },
    { path: '/uri', replace: setting('uri', text) },
    { path: '/credentials', replace: setting('credentials', text) },
    { path: '/connectionType', replace: setting('connectionType', oneOf('connection type', ['INTERNET', 'VPC_LINK'])) },
    { path: '/connectionId', replace: setting('connectionId', text) },
    { path: '/integrationTarget', replace: setting('integrationTarget', text) },
    { path: '/passthroughBehavior', replace: setting('passthroughBehavior', passthroughBehaviorOf) },
    {
      path: '/contentHandling',
      replace: setting('contentHandling', oneOf('content handling', ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'])),
    },
    { path: '/timeoutInMillis', replace: setting('timeoutInMillis', integerOr('Invalid timeout specified')) },
    { path: '/cacheNamespace', replace: setting('cacheNamespace', (value) => text(value) ?? resourceId) },
    cacheKeys('/cacheKeyParameters'),
    cacheKeys('/cacheKeyParameters/{name}'),
    {
      path: '/tlsConfig/insecureSkipVerification',
      replace: setting('tlsConfig', (value) => ({ insecureSkipVerification: flag(value) })),
    },
    {
      path: '/responseTransferMode',
      replace: setting('responseTransferMode', oneOf('response transfer mode', ['BUFFERED', 'STREAM'])),
    },
    mapEntries('/requestParameters/{name}', 'requestParameters', {
      read: (value) => value ?? '',
      absent: 'Invalid parameter name specified',
    }),
    mapEntries('/requestTemplates/{contentType}', 'requestTemplates', {
      read: (value) => value ?? '',
      absent: 'Content-Type specified was not found',
    }),
  ]
}
