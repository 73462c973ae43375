// A stage with a canary: two plans, one draw a request. Recorded: REST 36; rest specification 10.3.
import type { CanarySettings, Stage } from '@sluice/aws-protocol/apigateway'
import type { StagePlan } from './stage-plan.ts'

/** A stage record, and which side of a canary release it is planned for; undefined where there is none. */
export type PlannableStage = Stage & { readonly isCanaryRequest?: boolean | undefined }

/** The stage as its canary's requests see it: the canary's deployment, and its variables laid over the stage's. */
export function canaryStage(stage: Stage, { deploymentId, stageVariableOverrides }: CanarySettings): PlannableStage {
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
