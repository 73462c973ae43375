// `AWS::ApiGateway::RestApi`: made once, under an id of its own, and brought up to date by its document and by patches.
import type { AwsCall } from '../client.ts'
import { bodyText } from './body.ts'
import { idOf } from './ids.ts'
import { inputOf, textMember, type Input } from './input.ts'
import { memberships, setting, type PatchOperation } from './patches.ts'
import { PropertyFault, type Deployment, type Made, type ResourceKind, type Wanted } from './resource-kind.ts'
import { found } from './found.ts'

const apart = ['Body', 'BodyS3Location', 'Mode', 'FailOnWarnings', 'Parameters'] as const

/** What an API without a document has: nothing but the two models that AWS gives every new API. */
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
    const input = { ...settings, body }
    // One that an earlier run left behind has parts that nobody here knows of.
    if (body === undefined ? !isNew && wanted.before?.input['body'] !== wanted.before : wanted.before?.input['body'] !== body) {
      await putDocument(wanted, deployment, { restApiId, text: body ?? emptyDocument })
      emptied.add(restApiId)
    }
    return outcome(restApiId, await patched(call, restApiId, settings), input)
  },
}

function settingsOf(wanted: Wanted, body: string | undefined): Input {
  const settings = inputOf(wanted, ['apigateway', 'CreateRestApi'], { except: apart })
  if (settings['cloneFrom'] !== undefined) throw new PropertyFault('CloneFrom is not available here', wanted.properties)
  if (settings['name'] !== undefined || body === undefined) return { name: wanted.logicalId, ...settings }
  return settings
}

/** Creates the API unless it is there; true when it was not. */
async function made(call: AwsCall, restApiId: string, settings: Input): Promise<boolean> {
  if ((await found(call('apigateway', 'GetRestApi', { restApiId }))) !== undefined) return false
  const tags = { ...(settings['tags'] as object | undefined), _custom_id_: restApiId }
  await call('apigateway', 'CreateRestApi', { name: 'API', ...settings, tags })
  return true
}

async function putDocument(
  { properties }: Wanted,
  { call, warn }: Deployment,
  { restApiId, text }: { readonly restApiId: string; readonly text: string },
): Promise<void> {
  const failOnWarnings = properties.entries.get('FailOnWarnings')
  const mode = properties.entries.get('Mode')
  const parameters = properties.entries.get('Parameters')
  const imported = inputOf(
    {
      type: 'AWS::ApiGateway::RestApi',
      properties: {
        ...properties,
        entries: new Map(
          [
            ['FailOnWarnings', failOnWarnings] as const,
            ['Mode', mode] as const,
            ['Parameters', parameters] as const,
          ].flatMap(([name, node]) => (node === undefined ? [] : [[name, node] as const])),
        ),
      },
    },
    ['apigateway', 'PutRestApi'],
  )
  const answer = await call('apigateway', 'PutRestApi', {
    ...imported,
    mode: 'overwrite',
    restApiId,
    body: Buffer.from(text),
  })
  for (const warning of (answer['warnings'] ?? []) as readonly string[]) warn(warning, properties)
}

/** Brings the API's own settings to what the template says; the template goes before the document. */
async function patched(call: AwsCall, restApiId: string, settings: Input): Promise<Input> {
  const current = await call('apigateway', 'GetRestApi', { restApiId })
  const patchOperations = settingPatches(current, settings)
  return patchOperations.length === 0 ? current : call('apigateway', 'UpdateRestApi', { restApiId, patchOperations })
}

function settingPatches(current: Input, settings: Input): readonly PatchOperation[] {
  const endpoint = (settings['endpointConfiguration'] ?? {}) as Input
  const before = (current['endpointConfiguration'] ?? {}) as Input
  const plain = ['name', 'apiKeySource', 'disableExecuteApiEndpoint', 'securityPolicy', 'endpointAccessMode']
  return [
    ...plain.flatMap((name) => setting(`/${name}`, current[name], settings[name])),
    ...['description', 'minimumCompressionSize', 'policy'].flatMap((name) =>
      setting(`/${name}`, current[name], settings[name]),
    ),
    ...(settings['binaryMediaTypes'] === undefined
      ? []
      : memberships('/binaryMediaTypes', current['binaryMediaTypes'], settings['binaryMediaTypes'])),
    ...setting('/endpointConfiguration/types/0', firstOf(before['types']), firstOf(endpoint['types'])),
    ...setting('/endpointConfiguration/ipAddressType', before['ipAddressType'], endpoint['ipAddressType']),
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
