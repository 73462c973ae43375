// `Auth.UsagePlan` of a REST API: a plan and a key, of the API's own or shared by all that ask for it.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiusageplan.html
import type { Draft } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { Node, Plain } from '../node.ts'
import { call, member, textOf } from '../node.ts'
import type { Output } from './output.ts'
import { keptOf, tagList } from './properties.ts'

const kept = ['Description', 'Quota', 'Throttle', 'UsagePlanName'] as const

interface PlannedStage {
  readonly node: Node
  readonly apiId: Plain
  readonly stageName: Plain
}

/** Collects the plans of a template's APIs and adds them at the end, since several may share one. */
export class UsagePlans {
  private readonly shared: PlannedStage[] = []
  private readonly output: Output

  constructor(output: Output) {
    this.output = output
  }

  /** Notes what an API asks for. Throws a {@link Problem} for a plan without `CreateUsagePlan`. */
  plan(draft: Draft, stageId: string): void {
    const { logicalId, properties } = draft
    const node = member(member(properties, 'Auth'), 'UsagePlan')
    if (node === undefined) return
    const kind = textOf(member(node, 'CreateUsagePlan'))
    const stage = { node, apiId: call(node, 'Ref', logicalId), stageName: call(node, 'Ref', stageId) }
    if (kind === 'SHARED') this.shared.push(stage)
    else if (kind === 'PER_API') {
      this.add(node, { plan: `${logicalId}UsagePlan`, key: `${logicalId}ApiKey`, stages: [stage] })
    } else if (kind !== 'NONE') {
      throw new Problem(`${logicalId}: UsagePlan needs CreateUsagePlan: PER_API, SHARED or NONE`, node)
    }
  }

  finish(): void {
    const [first] = this.shared
    if (first === undefined) return
    this.add(first.node, { plan: 'ServerlessUsagePlan', key: 'ServerlessApiKey', stages: this.shared })
  }

  private add(node: Node, ids: { plan: string; key: string; stages: readonly PlannedStage[] }): void {
    const { plan, key, stages } = ids
    const tags = tagList(node, member(node, 'Tags'))
    this.output.add(node, plan, 'AWS::ApiGateway::UsagePlan', {
      ...keptOf(node, kept),
      ApiStages: stages.map(({ apiId, stageName }) => ({ ApiId: apiId, Stage: stageName })),
      Tags: tags,
    })
    this.output.add(node, key, 'AWS::ApiGateway::ApiKey', {
      Enabled: true,
      StageKeys: stages.map(({ apiId, stageName }) => ({ RestApiId: apiId, StageName: stageName })),
      Tags: tags,
    })
    this.output.add(node, `${plan}Key`, 'AWS::ApiGateway::UsagePlanKey', {
      KeyId: call(node, 'Ref', key),
      KeyType: 'API_KEY',
      UsagePlanId: call(node, 'Ref', plan),
    })
  }
}
