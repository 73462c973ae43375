// `AWS::ApiGateway::Deployment` and `AWS::ApiGateway::Stage`: deployments, and the stages that serve them.
import { itemsOf, member } from '@sluice/cloudformation'
import type { Node } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'
import { found } from './found.ts'
import { inputOf, textMember, textProperty, type Input } from './input.ts'
import { entries, escaped, optionalText, setting, type PatchOperation } from './patches.ts'
import { PropertyFault, type ResourceKind, type Wanted } from './resource-kind.ts'

/** Properties of a stage that CreateStage does not have, or has under another name. */
const patchedOnly = ['AccessLogSetting', 'CanarySetting', 'ClientCertificateId', 'MethodSettings'] as const

/** CloudFormation freezes an API once; here each change of the file does, because the file is what is deployed. */
export const deployment: ResourceKind = {
  always: true,
  put: async (wanted, { call }) => {
    const input = inputOf(wanted, ['apigateway', 'CreateDeployment'], {
      except: ['StageDescription'],
      renamed: { DeploymentCanarySettings: 'canarySettings' },
    })
    const { restApiId, stageName } = input
    const output = await call('apigateway', 'CreateDeployment', input)
    const deploymentId = textMember(output, 'id')
    const description = member(wanted.properties, 'StageDescription')
    if (stageName !== undefined && description?.kind === 'map') {
      await bringUp(call, { restApiId, stageName }, wantedStage({ type: wanted.type, properties: description }))
    }
    return {
      physicalId: `${String(restApiId)}/${deploymentId}`,
      ref: deploymentId,
      attributes: { DeploymentId: deploymentId },
      input,
      remove: async (call) => {
        // The stage that it made is deleted with it, unless the stage has moved to another deployment.
        const { item } = await call('apigateway', 'GetStages', { restApiId, deploymentId })
        const isOwn = ((item ?? []) as readonly Input[]).some((stage) => stage['stageName'] === stageName)
        if (isOwn) await call('apigateway', 'DeleteStage', { restApiId, stageName })
        await call('apigateway', 'DeleteDeployment', { restApiId, deploymentId })
      },
    }
  },
}

export const stage: ResourceKind = {
  put: async (wanted, { call }) => {
    const stageName = textProperty(wanted, 'StageName')
    const restApiId = textProperty(wanted, 'RestApiId')
    const at = { restApiId, stageName }
    const { input, settings } = wantedStage(wanted)
    if ((await found(call('apigateway', 'GetStage', at))) === undefined) await call('apigateway', 'CreateStage', input)
    await bringUp(call, at, { input, settings })
    return {
      physicalId: `${restApiId}/${stageName}`,
      ref: stageName,
      attributes: {},
      input,
      remove: async (call) => void (await call('apigateway', 'DeleteStage', at)),
    }
  },
}

interface WantedStage {
  readonly input: Input
  /** The values that CreateStage cannot set, by patch path. */
  readonly settings: ReadonlyMap<string, string>
}

function wantedStage({ type, properties }: Pick<Wanted, 'type' | 'properties'>): WantedStage {
  // A deployment's `StageDescription` has the settings of all methods among its own members.
  const isDescription = !properties.entries.has('StageName')
  const except = isDescription ? [...patchedOnly, ...methodMembers.keys()] : patchedOnly
  const input = inputOf({ type, properties }, ['apigateway', 'CreateStage'], { except })
  const log = member(properties, 'AccessLogSetting')
  const settings = new Map<string, string>()
  for (const [name, path] of [
    ['DestinationArn', 'destinationArn'],
    ['Format', 'format'],
  ] as const) {
    const value = scalar(member(log, name))
    if (value !== undefined) settings.set(`/accessLogSettings/${path}`, value.replace(/:\*$/, ''))
  }
  for (const item of itemsOf(member(properties, 'MethodSettings'))) addMethodSettings(settings, item)
  if (isDescription) addMethodSettings(settings, properties)
  const certificate = scalar(member(properties, 'ClientCertificateId'))
  if (certificate !== undefined) settings.set('/clientCertificateId', certificate)
  addCanary(settings, member(properties, 'CanarySetting'))
  return { input, settings }
}

/** The end of the patch path for each member of a method setting. */
const methodMembers: ReadonlyMap<string, string> = new Map([
  ['CacheDataEncrypted', 'caching/dataEncrypted'],
  ['CacheTtlInSeconds', 'caching/ttlInSeconds'],
  ['CachingEnabled', 'caching/enabled'],
  ['DataTraceEnabled', 'logging/dataTrace'],
  ['LoggingLevel', 'logging/loglevel'],
  ['MetricsEnabled', 'metrics/enabled'],
  ['ThrottlingBurstLimit', 'throttling/burstLimit'],
  ['ThrottlingRateLimit', 'throttling/rateLimit'],
])

/** CloudFormation: `ResourcePath` is `/~1pets`, or `/*` for all; here the path may be plain too. */
function addMethodSettings(settings: Map<string, string>, item: Node): void {
  const path = scalar(member(item, 'ResourcePath')) ?? '/*'
  const verb = scalar(member(item, 'HttpMethod')) ?? '*'
  const resource = path === '/*' ? '*' : path.startsWith('/~1') ? path.slice(1) : escaped(path)
  for (const [name, end] of methodMembers) {
    const value = scalar(member(item, name))
    if (value !== undefined) settings.set(`/${resource}/${verb}/${end}`, value)
  }
}

function addCanary(settings: Map<string, string>, node: Node | undefined): void {
  for (const [name, path] of [
    ['PercentTraffic', 'percentTraffic'],
    ['DeploymentId', 'deploymentId'],
    ['UseStageCache', 'useStageCache'],
  ] as const) {
    const value = scalar(member(node, name))
    if (value !== undefined) settings.set(`/canarySettings/${path}`, value)
  }
  const overrides = member(node, 'StageVariableOverrides')
  if (overrides?.kind !== 'map') return
  for (const [name, value] of overrides.entries) {
    settings.set(`/canarySettings/stageVariableOverrides/${escaped(name)}`, scalar(value) ?? '')
  }
}

function scalar(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined
  if (node.kind !== 'scalar') throw new PropertyFault('A setting of a stage is a plain value', node)
  return node.text
}

/** All differences in one call, so that a stage moves once. */
async function bringUp(call: AwsCall, at: Input, { input, settings }: WantedStage): Promise<void> {
  const current = await call('apigateway', 'GetStage', at)
  const wanted: Input = { cacheClusterEnabled: false, tracingEnabled: false, ...input }
  const plain = ['deploymentId', 'cacheClusterEnabled', 'cacheClusterSize', 'tracingEnabled']
  const patchOperations: readonly PatchOperation[] = [
    ...plain.flatMap((name) => setting(`/${name}`, current[name], wanted[name])),
    ...optionalText('/description', current['description'], input['description']),
    ...optionalText('/documentationVersion', current['documentationVersion'], input['documentationVersion']),
    ...entries('/variables', current['variables'], input['variables']),
    ...goneSettings(current, settings),
    ...[...settings].map(([path, value]): PatchOperation => ({ op: 'replace', path, value })),
  ]
  if (patchOperations.length > 0) await call('apigateway', 'UpdateStage', { ...at, patchOperations })
}

/** Method settings, logs and canaries that the template does not have any more. */
function goneSettings(current: Input, settings: ReadonlyMap<string, string>): readonly PatchOperation[] {
  const wanted = [...settings.keys()]
  const has = (prefix: string): boolean => wanted.some((path) => path.startsWith(prefix))
  const methods = Object.keys(current['methodSettings'] ?? {})
  const gone = methods.filter((key) => !has(`/${key}/`)).map((key) => `/${key}`)
  if (current['accessLogSettings'] !== undefined && !has('/accessLogSettings/')) gone.push('/accessLogSettings')
  if (current['canarySettings'] !== undefined && !has('/canarySettings/')) gone.push('/canarySettings')
  const wantsCertificate = has('/clientCertificateId')
  return [
    ...gone.map((path): PatchOperation => ({ op: 'remove', path })),
    ...(wantsCertificate ? [] : optionalText('/clientCertificateId', current['clientCertificateId'], undefined)),
  ]
}
