// What a stage must be, shared by CreateStage, UpdateStage and CreateDeployment (recorded REST 13, 14; REST 10.2, 10.3).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { CacheClusterSize, CanarySettings, Stage } from '@sluice/aws-protocol/apigateway'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'

const cacheClusterSizes: readonly CacheClusterSize[] = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237']
const mostVariables = 100

/** Throws BadRequestException for a name that is no stage's. Hyphens are taken although AWS's sentence leaves them out. */
function checkStageName(name: string): void {
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) throw new BadRequestException('Stage name only allows a-zA-Z0-9_')
}

/** Throws BadRequestException for a name or value that stage variables may not have. */
export function checkVariables(variables: Readonly<Record<string, string>> | undefined): void {
  const entries = Object.entries(variables ?? {})
  if (entries.length > mostVariables)
    throw new BadRequestException(`A stage can have at most ${mostVariables} variables`)
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) {
      throw new BadRequestException(`Invalid stage variable name: ${name}. Please use names with only word characters.`)
    }
    // AWS: the sentence is as stacks show it, two blanks and the lone quote included; the reference allows `~` and `#` too.
    if (value.length > 512 || !/^[A-Za-z0-9 \-._~:/?#&=,]*$/.test(value)) {
      const symbols = "the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
      throw new BadRequestException(
        `Invalid stage variable value of key ${name}.  Please use values with alphanumeric characters and ${symbols}`,
      )
    }
  }
}

/** A cache cluster's size. Throws BadRequestException. */
export function cacheClusterSizeOf(value: string | undefined): CacheClusterSize {
  const size = cacheClusterSizes.find((each) => each === value)
  if (size !== undefined) return size
  throw new BadRequestException(
    `Invalid cache cluster size specified. Valid options are ${cacheClusterSizes.join(',')}`,
  )
}

/** What a deployment or a stage says about a new stage. */
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

/** A stage as AWS first shows it (recorded REST 14.1). */
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

/** A stage whose cache cluster's status and size follow from its being enabled. It is there at once. */
export function withCacheCluster(stage: Stage): Stage {
  const enabled = stage.cacheClusterEnabled === true
  return {
    ...stage,
    cacheClusterStatus: enabled ? 'AVAILABLE' : 'NOT_AVAILABLE',
    cacheClusterSize: stage.cacheClusterSize ?? (enabled ? '0.5' : undefined),
  }
}

/** Canary settings with AWS's defaults; without a deployment of its own a canary has the stage's (recorded REST 14.5). */
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
