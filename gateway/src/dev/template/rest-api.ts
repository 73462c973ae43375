// `AWS::ApiGateway::RestApi`: made once, under an id of its own, and brought up to date by its document and by patches.
import { booleanOf, entriesOf, member, textOf } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'
import { bodyText } from './body.ts'
import { idOf } from './ids.ts'
import { inputOf, textMember, type Input } from './input.ts'
import { memberships, setting, type PatchOperation } from './patches.ts'
import { PropertyFault, type Deployment, type Made, type ResourceKind, type Wanted } from './resource-kind.ts'
import { found } from './found.ts'

const apart = ['Body', 'BodyS3Location', 'Mode', 'FailOnWarnings', 'Parameters'] as const

/** The document of an API without one: nothing but the two models that AWS gives every new API. */
const emptyDocument = JSON.stringify({
  swagger: '2.0',
  info: { title: 'empty', version: '1' },
  paths: {},
  definitions: {
    Empty: { type: 'object', title: 'Empty Schema' },
    Error: { type: 'object', title: 'Error Schema', properties: { message: { type: 'string' } } },
  },
})

export const restApi: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call, emptied } = deployment
    const body = await bodyText(wanted, deployment, 'REST')
    const settings = settingsOf(wanted, body)
    const restApiId = idOf(deployment, wanted)
    const isNew = await made(call, restApiId, settings)
    const text = documentFor(wanted.before, body, isNew)
    if (text !== undefined) await putDocument(wanted, deployment, { restApiId, text })
    if (isNew || text !== undefined) emptied(restApiId, isNew ? 'all' : 'described')
    return outcome(restApiId, await patched(call, { restApiId, settings, before: wanted.before?.input ?? {} }), {
      ...settings,
      body,
    })
  },
}

function settingsOf(wanted: Wanted, body: string | undefined): Input {
  const { properties } = wanted
  const mode = member(properties, 'Mode')
  if (textOf(mode) === 'merge')
    throw new PropertyFault('The Mode is overwrite here: the template is all there is', properties)
  const clone = member(properties, 'CloneFrom')
  if (clone !== undefined) throw new PropertyFault('CloneFrom is not available in templates here', clone)
  const settings = inputOf(wanted, ['apigateway', 'CreateRestApi'], { except: apart })
  const types = textOf(member(member(properties, 'Parameters'), 'endpointConfigurationTypes'))
  return {
    ...(body === undefined && { name: wanted.logicalId }),
    ...(types !== undefined && { endpointConfiguration: { types: types.split(',') } }),
    ...settings,
  }
}

/** Creates the API unless it exists; returns whether it was created. */
async function made(call: AwsCall, restApiId: string, settings: Input): Promise<boolean> {
  if ((await found(call('apigateway', 'GetRestApi', { restApiId }))) !== undefined) return false
  const tags = { ...(settings['tags'] as object | undefined), _custom_id_: restApiId }
  await call('apigateway', 'CreateRestApi', { name: 'API', ...settings, tags })
  return true
}

/**
 * The document to import, if any. An API that an earlier run left behind has parts that are not known here, so a document
 * is imported over it, at least the empty one.
 */
function documentFor(before: Made | undefined, body: string | undefined, isNew: boolean): string | undefined {
  if (!isNew && before !== undefined && before.input['body'] === body) return undefined
  return body ?? (isNew ? undefined : emptyDocument)
}

async function putDocument(
  { properties }: Wanted,
  { call, warn }: Deployment,
  { restApiId, text }: { readonly restApiId: string; readonly text: string },
): Promise<void> {
  const parameters = [...entriesOf(member(properties, 'Parameters'))].map(([name, node]) => [name, textOf(node) ?? ''])
  const answer = await call('apigateway', 'PutRestApi', {
    restApiId,
    mode: 'overwrite',
    failOnWarnings: booleanOf(member(properties, 'FailOnWarnings')) ?? false,
    parameters: Object.fromEntries(parameters) as Input,
    body: Buffer.from(text),
  })
  for (const warning of (answer['warnings'] ?? []) as readonly string[]) warn(warning, properties)
}

interface Change {
  readonly restApiId: string
  readonly settings: Input
  /** The settings of the last deployment. */
  readonly before: Input
}

/** Brings the API's own settings to what the template says; the template goes before the document. */
async function patched(call: AwsCall, { restApiId, settings, before }: Change): Promise<Input> {
  const current = await call('apigateway', 'GetRestApi', { restApiId })
  const patchOperations = settingPatches(current, settings, before)
  return patchOperations.length === 0 ? current : call('apigateway', 'UpdateRestApi', { restApiId, patchOperations })
}

/** The patches of the settings. What the template no longer has is removed; what only the document says stays. */
function settingPatches(current: Input, settings: Input, before: Input): readonly PatchOperation[] {
  const [endpoint, old] = [settings, current].map((each) => (each['endpointConfiguration'] ?? {}) as Input)
  const types = settings['binaryMediaTypes'] ?? (before['binaryMediaTypes'] === undefined ? undefined : [])
  const plain = ['name', 'apiKeySource', 'disableExecuteApiEndpoint', 'securityPolicy', 'endpointAccessMode']
  return [
    ...plain.flatMap((name) => setting(`/${name}`, current[name], settings[name])),
    ...['description', 'minimumCompressionSize', 'policy'].flatMap((name) =>
      setting(`/${name}`, current[name], settings[name] ?? (before[name] === undefined ? undefined : '')),
    ),
    ...(types === undefined ? [] : memberships('/binaryMediaTypes', current['binaryMediaTypes'], types)),
    ...setting('/endpointConfiguration/types/0', firstOf(old?.['types']), firstOf(endpoint?.['types'])),
    ...setting('/endpointConfiguration/ipAddressType', old?.['ipAddressType'], endpoint?.['ipAddressType']),
  ]
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}

function outcome(restApiId: string, api: Input, input: Input): Made {
  return {
    physicalId: restApiId,
    ref: restApiId,
    attributes: { RestApiId: restApiId, RootResourceId: textMember(api, 'rootResourceId') },
    input,
    remove: async (call) => void (await call('apigateway', 'DeleteRestApi', { restApiId })),
  }
}
