// Checks and completes stages; shared by CreateStage, UpdateStage and CreateDeployment (recorded REST 13, 14; REST 10.2, 10.3).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { CacheClusterSize, CanarySettings, Stage } from '@sluice/aws-protocol/apigateway'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'

const cacheClusterSizes: readonly CacheClusterSize[] = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237']
const mostVariables = 100

/** Throws BadRequestException for a malformed stage name. Hyphens are accepted although AWS's sentence does not mention them. */
function checkStageName(name: string): void {
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) throw new BadRequestException('Stage name only allows a-zA-Z0-9_')
}

/** Throws BadRequestException for a malformed name or value of a stage variable. */
export function checkVariables(variables: Readonly<Record<string, string>> | undefined): void {
  const entries = Object.entries(variables ?? {})
  if (entries.length > mostVariables)
    throw new BadRequestException(`A stage can have at most ${mostVariables} variables`)
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) {
      throw new BadRequestException(`Invalid stage variable name: ${name}. Please use names with only word characters.`)
    }
    // AWS: the sentence is the one that stacks show, with its two blanks and its lone quote; the reference allows `~` and `#` too.
    if (value.length > 512 || !/^[A-Za-z0-9 \-._~:/?#&=,]*$/.test(value)) {
      const symbols = "the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
      throw new BadRequestException(
        `Invalid stage variable value of key ${name}.  Please use values with alphanumeric characters and ${symbols}`,
      )
    }
  }
}

/** The size of a cache cluster that a value names. Throws BadRequestException. */
export function cacheClusterSizeOf(value: string | undefined): CacheClusterSize {
  const size = cacheClusterSizes.find((each) => each === value)
  if (size !== undefined) return size
  throw new BadRequestException(
    `Invalid cache cluster size specified. Valid options are ${cacheClusterSizes.join(',')}`,
  )
}

/** The settings of a new stage, as CreateStage or CreateDeployment gives them. */
export interface NewStage {
  readonly stageName: string
  readonly deploymentId: string
  readonly description?: string | undefined
  readonly cacheClusterEnabled?: boolean | undefined
  readonly cacheClusterSize?: CacheClusterSize | undefined
  readonly variables?: Readonly<Record<string, string>> | undefined
  readonly documentationVersion?: string | undefined
  readonly canarySettings?: CanarySettings | undefined
  readonly tracingEnabled?: boolean | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** A new stage as AWS shows it first (recorded REST 14.1). */
export function newStage(call: Call, given: NewStage): Stage {
  checkStageName(given.stageName)
  checkVariables(given.variables)
  const seconds = nowSeconds(call)
  return withCacheCluster({
    deploymentId: given.deploymentId,
    stageName: given.stageName,
    description: given.description === '' ? undefined : given.description,
    cacheClusterEnabled: given.cacheClusterEnabled ?? false,
    cacheClusterSize: given.cacheClusterSize,
    methodSettings: {},
    variables: nonEmpty(given.variables),
    documentationVersion: given.documentationVersion,
    canarySettings: given.canarySettings && newCanary(given.canarySettings, given.deploymentId),
    tracingEnabled: given.tracingEnabled ?? false,
    tags: nonEmpty(given.tags),
    createdDate: seconds,
    lastUpdatedDate: seconds,
  })
}

/** The stage with the status and size that its cache cluster has once it is enabled or not. The cluster is available at once. */
export function withCacheCluster(stage: Stage): Stage {
  const enabled = stage.cacheClusterEnabled === true
  return {
    ...stage,
    cacheClusterStatus: enabled ? 'AVAILABLE' : 'NOT_AVAILABLE',
    cacheClusterSize: stage.cacheClusterSize ?? (enabled ? '0.5' : undefined),
  }
}

/** Canary settings with AWS's defaults. A canary without a deployment of its own gets the stage's (recorded REST 14.5). */
export function newCanary(given: CanarySettings, deploymentId: string | undefined): CanarySettings {
  checkVariables(given.stageVariableOverrides)
  return {
    percentTraffic: checkedPercent(given.percentTraffic ?? 0),
    deploymentId: given.deploymentId ?? deploymentId,
    stageVariableOverrides: nonEmpty(given.stageVariableOverrides),
    useStageCache: given.useStageCache ?? false,
  }
}

export function checkedPercent(percent: number): number {
  if (percent >= 0 && percent <= 100) return percent
  throw new BadRequestException('Invalid canary percentTraffic specified. It must be between 0.0 and 100.0')
}

/** Throws BadRequestException when the stage or its canary points to a deployment that is not there. */
export async function checkDeployments(call: Call, restApiId: string, stage: Stage): Promise<void> {
  for (const id of [stage.deploymentId, stage.canarySettings?.deploymentId]) {
    if (id === undefined) continue
    if ((await call.store.get('Deployment', [restApiId, id])) === undefined) {
      throw new BadRequestException('Deployment id does not exist')
    }
  }
}

function nonEmpty(map: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> | undefined {
  return map === undefined || Object.keys(map).length === 0 ? undefined : map
}
