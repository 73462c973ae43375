// Stages: the names under which deployments are reached, with settings that apply without a deployment.
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  ConflictException,
  type Api,
  type Operations,
  type Stage,
  type UpdateStageRequest,
} from '@sluice/aws-protocol/apigatewayv2'
import { nowSeconds, type Call } from '../call.ts'
import { refuseMapped } from '../domains/mapping.ts'
import { mergedTags } from '../tags.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { checkLengths } from './lengths.ts'
import { refuseManaged } from './managed.ts'
import { page } from './page.ts'
import { mergedMap, patched, pick, withoutKey, type Changes } from './patch.ts'
import { refuseMembers } from './protocol.ts'
import { checkQuota } from './quotas.ts'
import {
  checkAccessLog,
  checkRouteSettings,
  checkSettings,
  checkStageName,
  checkStageVariables,
  deploysItself,
  newStage,
  turnsLogOff,
  unknownRoute,
  wholeSettings,
} from './stage-rules.ts'

const settable = [
  'AccessLogSettings',
  'AutoDeploy',
  'ClientCertificateId',
  'DefaultRouteSettings',
  'DeploymentId',
  'Description',
  'RouteSettings',
  'StageVariables',
] as const satisfies readonly (keyof UpdateStageRequest)[]

type Names =
  | 'CreateStage'
  | 'GetStage'
  | 'GetStages'
  | 'UpdateStage'
  | 'DeleteStage'
  | 'DeleteAccessLogSettings'
  | 'DeleteRouteSettings'
  | 'ResetAuthorizersCache'

export const stage: Handlers<Operations, Names, Call> = {
  CreateStage: async (input, call) => {
    const api = await found(call, 'V2Api', [input.ApiId])
    checkStageName(api.ProtocolType, input.StageName)
    const key = [input.ApiId, input.StageName]
    if ((await call.store.get('V2Stage', key)) !== undefined) throw new ConflictException('Stage already exists')
    await checkQuota(call, 'V2Stage', input.ApiId)
    const given = pick(input, settable)
    const blank = {
      ...newStage(api.ProtocolType, input.StageName, nowSeconds(call)),
      Tags: mergedTags({}, input.Tags) ?? {},
    }
    await check(call, api, input.ApiId, given)
    return keep(call, input.ApiId, changed(api, blank, given))
  },

  GetStage: (input, call) => found(call, 'V2Stage', [input.ApiId, input.StageName]),

  GetStages: async (input, call) => {
    await found(call, 'V2Api', [input.ApiId])
    return page(call, 'V2Stage', [input.ApiId], input)
  },

  UpdateStage: async (input, call) => {
    const stored = await found(call, 'V2Stage', [input.ApiId, input.StageName])
    const api = await found(call, 'V2Api', [input.ApiId])
    const given = pick(input, settable)
    await check(call, api, input.ApiId, { ...given, AutoDeploy: given.AutoDeploy ?? stored.AutoDeploy })
    const record = changed(api, stored, given)
    checkStageVariables(record.StageVariables)
    return keep(call, input.ApiId, { ...record, LastUpdatedDate: nowSeconds(call) })
  },

  DeleteStage: async (input, call) => {
    const key = [input.ApiId, input.StageName]
    refuseManaged(await found(call, 'V2Stage', key), 'delete', 'Stage')
    await refuseMapped(call, input.ApiId, input.StageName)
    call.store.delete('V2Stage', key)
  },

  DeleteAccessLogSettings: async (input, call) => {
    const { AccessLogSettings: _removed, ...rest } = await found(call, 'V2Stage', [input.ApiId, input.StageName])
    call.store.put('V2Stage', [input.ApiId, input.StageName], { ...rest, LastUpdatedDate: nowSeconds(call) })
  },

  DeleteRouteSettings: async (input, call) => {
    const stored = await found(call, 'V2Stage', [input.ApiId, input.StageName])
    if (!Object.hasOwn(stored.RouteSettings ?? {}, input.RouteKey)) throw unknownRoute(input.RouteKey)
    const RouteSettings = withoutKey(stored.RouteSettings, input.RouteKey)
    call.store.put('V2Stage', [input.ApiId, input.StageName], {
      ...stored,
      RouteSettings,
      LastUpdatedDate: nowSeconds(call),
    })
  },

  // Results of authorizers are cached beside the stage's plan; storing the stage again makes every node build a new plan.
  ResetAuthorizersCache: async (input, call) => {
    const stored = await found(call, 'V2Stage', [input.ApiId, input.StageName])
    call.store.put('V2Stage', [input.ApiId, input.StageName], stored)
  },
}

async function keep(call: Call, apiId: string, record: Stage): Promise<Stage> {
  call.store.put('V2Stage', [apiId, record.StageName], record)
  await autoDeploy(call, apiId)
  return found(call, 'V2Stage', [apiId, record.StageName])
}

/**
 * The stage with the changes. Variables and route settings are merged by key; the settings of one route are replaced as a
 * whole (HTTP 2.2).
 */
function changed(api: Api, stored: Stage, given: Changes<Stage>): Stage {
  const defaults = given.DefaultRouteSettings
  const {
    AutoDeploy,
    AccessLogSettings: log,
    ...record
  } = patched(stored, {
    ...given,
    DefaultRouteSettings: defaults && wholeSettings(api.ProtocolType, defaults),
    RouteSettings: mergedMap(stored.RouteSettings, given.RouteSettings, () => false),
    StageVariables: mergedMap(stored.StageVariables, given.StageVariables),
  })
  return {
    ...record,
    ...(AutoDeploy === true && { AutoDeploy }),
    ...(log !== undefined && !turnsLogOff(log) && { AccessLogSettings: log }),
  }
}

async function check(call: Call, api: Api, apiId: string, given: Changes<Stage>): Promise<void> {
  const { ProtocolType: protocol } = api
  checkLengths(given, { Description: [0, 1024] })
  if (protocol === 'HTTP') refuseMembers(protocol, given, ['ClientCertificateId'])
  await checkReferences(call, apiId, given)
  checkSettings(protocol, given.DefaultRouteSettings ?? {})
  for (const settings of Object.values(given.RouteSettings ?? {})) checkSettings(protocol, settings)
  await checkLogging(call, given)
  await checkRouteSettings(call, apiId, given.RouteSettings ?? {})
  checkStageVariables(given.StageVariables)
  checkAccessLog(protocol, given.AccessLogSettings)
}

/** Throws BadRequestException for execution logs while the account's settings have no role for them (Security F.3). */
async function checkLogging(call: Call, { DefaultRouteSettings, RouteSettings }: Changes<Stage>): Promise<void> {
  const settings = [DefaultRouteSettings, ...Object.values(RouteSettings ?? {})]
  if (settings.every((each) => (each?.LoggingLevel ?? 'OFF') === 'OFF')) return
  if ((await call.store.get('Account', []))?.cloudwatchRoleArn === undefined) {
    throw new BadRequestException('CloudWatch Logs role ARN must be set in account settings to enable logging')
  }
}

async function checkReferences(call: Call, apiId: string, given: Changes<Stage>): Promise<void> {
  const { DeploymentId: deploymentId = '', ClientCertificateId: certificateId = '' } = given
  if (deploymentId !== '') {
    if (given.AutoDeploy === true) {
      throw deploysItself(call, apiId)
    }
    await found(call, 'V2Deployment', [apiId, deploymentId])
  }
  if (certificateId !== '' && (await call.store.get('ClientCertificate', [certificateId])) === undefined) {
    throw new BadRequestException('Invalid client certificate identifier specified')
  }
}
