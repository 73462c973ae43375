// A stage with a canary: two plans, one draw a request. Recorded: REST 36; REST 10.3.
import type { CanarySettings, Stage } from '@sluice/aws-protocol/apigateway'
import type { RestStage } from '../nouns/rest.ts'
import type { StagePlan } from './stage-plan.ts'

/** A stage record, and what its plan needs beside. */
export type PlannableStage = Stage & {
  /** Which side of a canary release this is; undefined where there is none. */
  readonly isCanaryRequest?: boolean | undefined
  /** The certificate that `clientCertificateId` names. */
  readonly clientCertificate?: RestStage['clientCertificate']
  /** Names the last flush of the stage's cache. */
  readonly cacheFlushId?: string | undefined
}

/** The stage as its canary's requests see it: the canary's deployment, and its variables laid over the stage's. */
export function canaryStage(
  stage: PlannableStage,
  { deploymentId, stageVariableOverrides }: CanarySettings,
): PlannableStage {
  return {
    ...stage,
    deploymentId: deploymentId ?? stage.deploymentId,
    variables: { ...stage.variables, ...stageVariableOverrides },
    isCanaryRequest: true,
  }
}

/** `percentTraffic`: 0 to 100. `draw`: a number from 0 up to 1, evenly distributed. */
export function splitTraffic(
  stage: StagePlan,
  canary: StagePlan,
  percentTraffic: number,
  draw: () => number = Math.random,
): StagePlan {
  const share = percentTraffic / 100
  const choose = (): StagePlan => (draw() < share ? canary : stage)
  return {
    ...stage,
    run: (received) => choose().run(received),
    tooLarge: (received) => choose().tooLarge(received),
  }
}
