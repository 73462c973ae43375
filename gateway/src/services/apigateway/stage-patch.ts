// Patches stages, in AWS's third dialect, where every unknown path counts as a method setting (recorded REST 14; REST 10.2, 10.3).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { CanarySettings, PatchOperation, Stage } from '@sluice/aws-protocol/apigateway'
import { parseDeliveryStreamArn } from '../../nouns/delivery-stream-arn.ts'
import { logFormatProblem } from '../log-format.ts'
import { invalidStagePath, nothingToRemove, withMethodSetting, withoutMethodSetting } from './method-settings.ts'
import { flag, namesIn, numberOr, operationsOf, patched, removing, setting, text, withMember } from './patch.ts'
import type { Change, Dialect, Edit, PatchRule } from './patch.ts'
import { cacheClusterSizeOf, checkedPercent, newCanary } from './stage-rules.ts'

/** The stage after all operations, in order. Throws BadRequestException. */
export function patchedStage(stage: Stage, operations: readonly PatchOperation[] | undefined): Stage {
  let current = stage
  for (const operation of operationsOf(operations)) current = patchedOnce(current, operation)
  return current
}

function patchedOnce(stage: Stage, operation: PatchOperation): Stage {
  const { op, path = 'null', value } = operation
  if (op === 'add' || op === 'replace') {
    const withSetting = withMethodSetting(stage, path, value)
    if (withSetting !== undefined) return withSetting
  }
  const isKnown = rules.some((rule) => rule.remove !== undefined && namesIn(rule.path, path) !== undefined)
  if (op === 'remove' && !isKnown && entryPath.test(path)) return withoutMethodSetting(stage, path)
  return patched(stage, [operation], rules, dialect)
}

/** `/*` followed by `/*`, or `/{resource}/{VERB}`: the settings of one method as a whole. */
const entryPath = /^\/[^]+\/(?:\*|[A-Z]+)$/

const dialect: Dialect = ({ op, path, from }) => {
  if (op === 'copy') {
    const valid = 'Valid copy:path are [/deploymentId, /variables] and valid copy:from are'
    const sources = '[/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]'
    return `Invalid copy operation with path: ${path} and from ${from ?? 'null'}. ${valid} ${sources}`
  }
  if (op === 'add' && path.startsWith('/canarySettings')) return `Invalid add operation with path: ${path}`
  if (op === 'remove') return nothingToRemove(path).message
  if (path.startsWith('/accessLogSettings/')) {
    const paths = '[/accessLogSettings/destinationArn, /accessLogSettings/format]'
    return `Invalid accessLogSettings path. Must be one of : ${paths}`
  }
  return invalidStagePath(path).message
}

const accessLog = (member: 'destinationArn' | 'format'): PatchRule<Stage> => {
  const set: Change<Stage> = (stage, { value }) => {
    if (!value) throw new BadRequestException('Access Log value must not be empty')
    if (member === 'destinationArn') checkDestination(value)
    const problem = member === 'format' ? logFormatProblem('REST', value) : undefined
    if (problem !== undefined) throw new BadRequestException(problem)
    return { ...stage, accessLogSettings: { ...stage.accessLogSettings, [member]: value } }
  }
  return { path: `/accessLogSettings/${member}`, add: set, replace: set }
}

/** Throws BadRequestException unless the ARN is of a log group, or of a delivery stream of the kind that AWS writes to. */
function checkDestination(arn: string): void {
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:[^]*[^*]$/.test(arn)) {
    throw new BadRequestException('Invalid ARN specified in the request')
  }
  const [, , service, , , ...resource] = arn.split(':')
  if (service === 'firehose') {
    if (parseDeliveryStreamArn(arn) !== undefined) return
    const begin = "Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-'"
    throw new BadRequestException(`${begin}: '${resource.join(':')}'`)
  }
  if (service !== 'logs') {
    const must = 'The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose delivery stream ARN.'
    throw new BadRequestException(`Invalid ARN specified in the request. ${must}`)
  }
}

const setVariable: Change<Stage> = (stage, { names, value }) => ({
  ...stage,
  variables: { ...stage.variables, [names[0] ?? '']: value ?? '' },
})

/** Reads all variables at once from JSON: `{"name": "value"}`. */
function variablesOf(value: string | undefined): Readonly<Record<string, string>> | undefined {
  try {
    const variables: unknown = JSON.parse(value ?? '')
    if (isTextMap(variables)) return Object.keys(variables).length === 0 ? undefined : variables
  } catch {
    // Said below.
  }
  throw new BadRequestException('Invalid stage variables specified')
}

function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((each) => typeof each === 'string')
}

/** A map without one entry, or undefined when it was the last. Throws when it does not exist. */
function without(map: Readonly<Record<string, string>> | undefined, { names, path }: Edit) {
  if (map === undefined || !Object.hasOwn(map, names[0] ?? '')) throw nothingToRemove(path)
  const left = Object.entries(map).filter(([name]) => name !== names[0])
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

/** A change of the canary's settings, which are made with AWS's defaults when there are none. */
function canary(change: (settings: CanarySettings, edit: Edit) => CanarySettings): Change<Stage> {
  return (stage, edit) => ({
    ...stage,
    canarySettings: change(stage.canarySettings ?? newCanary({}, stage.deploymentId), edit),
  })
}

function existingCanary(stage: Stage, { path }: Edit): CanarySettings {
  if (stage.canarySettings === undefined) throw nothingToRemove(path)
  return stage.canarySettings
}

/** Promotes a canary: copies its deployment or its variables to the stage, where variables are merged. */
const promote = (path: '/deploymentId' | '/variables'): Change<Stage> => {
  const source = path === '/deploymentId' ? '/canarySettings/deploymentId' : '/canarySettings/stageVariableOverrides'
  return (stage, edit) => {
    if (edit.from !== source) throw new BadRequestException(dialect(edit, rules, undefined))
    const settings = stage.canarySettings
    if (settings === undefined) throw new BadRequestException('Promotion not available. Canary does not exist.')
    if (path === '/deploymentId') return { ...stage, deploymentId: settings.deploymentId }
    return { ...stage, variables: { ...stage.variables, ...settings.stageVariableOverrides } }
  }
}

const canaryRules: readonly PatchRule<Stage>[] = [
  {
    path: '/canarySettings',
    remove: (stage, edit) => withMember(stage, 'canarySettings', existingCanary(stage, edit) && undefined),
  },
  {
    path: '/canarySettings/percentTraffic',
    replace: canary((settings, { value }) => ({
      ...settings,
      percentTraffic: checkedPercent(numberOr('Invalid canary percentTraffic specified')(value)),
    })),
  },
  {
    path: '/canarySettings/deploymentId',
    replace: canary((settings, { value }) => ({ ...settings, deploymentId: value ?? '' })),
  },
  {
    path: '/canarySettings/useStageCache',
    replace: canary((settings, { value }) => ({ ...settings, useStageCache: flag(value) })),
  },
  {
    path: '/canarySettings/stageVariableOverrides',
    remove: (stage, edit) => ({
      ...stage,
      canarySettings: withMember(existingCanary(stage, edit), 'stageVariableOverrides', undefined),
    }),
  },
  {
    path: '/canarySettings/stageVariableOverrides/{name}',
    replace: canary((settings, { names, value }) => ({
      ...settings,
      stageVariableOverrides: { ...settings.stageVariableOverrides, [names[0] ?? '']: value ?? '' },
    })),
    remove: (stage, edit) => {
      const settings = existingCanary(stage, edit)
      const left = without(settings.stageVariableOverrides, edit)
      return { ...stage, canarySettings: withMember(settings, 'stageVariableOverrides', left) }
    },
  },
]

const rules: readonly PatchRule<Stage>[] = [
  { path: '/deploymentId', replace: setting('deploymentId', (value) => value ?? ''), copy: promote('/deploymentId') },
  { path: '/description', replace: setting('description', text) },
  { path: '/cacheClusterEnabled', replace: setting('cacheClusterEnabled', flag) },
  { path: '/cacheClusterSize', replace: setting('cacheClusterSize', cacheClusterSizeOf) },
  { path: '/clientCertificateId', replace: setting('clientCertificateId', text) },
  { path: '/documentationVersion', replace: setting('documentationVersion', text) },
  { path: '/tracingEnabled', replace: setting('tracingEnabled', flag) },
  {
    path: '/accessLogSettings',
    remove: (stage, { path }) => {
      if (stage.accessLogSettings === undefined) throw nothingToRemove(path)
      return withMember(stage, 'accessLogSettings', undefined)
    },
  },
  accessLog('destinationArn'),
  accessLog('format'),
  {
    path: '/variables',
    // (?) The reference lists this op, but not the form of its value.
    replace: setting('variables', variablesOf),
    remove: removing('variables'),
    copy: promote('/variables'),
  },
  {
    path: '/variables/{name}',
    add: setVariable,
    replace: setVariable,
    remove: (stage, edit) => withMember(stage, 'variables', without(stage.variables, edit)),
  },
  ...canaryRules,
]
