// The transform `AWS::Serverless-2016-10-31`: SAM's resources become CloudFormation's, under the ids that SAM gives them.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
import type { Draft, Remark } from '../draft.ts'
import { Problem } from '../fault.ts'
import type { MapNode, Node } from '../node.ts'
import { plant } from '../node.ts'
import { implicitIds, readEvents, type ApiEvent, type ApiType } from './events.ts'
import { callableOf, transformFunction } from './function.ts'
import { transformHttpApi } from './http-api.ts'
import { Output } from './output.ts'
import { transformRestApi, type ApiParts } from './rest-api.ts'
import { UsagePlans } from './usage-plan.ts'

export const serverlessTransform = 'AWS::Serverless-2016-10-31'

export interface ServerlessParts {
  /** The properties that an API of this type has of `Globals`, for the one that events imply. */
  readonly globals: (type: ApiType) => MapNode
  /** The tree of a file that the template names. */
  readonly include: (location: string, node: Node) => Node
}

export interface Transformed {
  readonly drafts: readonly Draft[]
  /** `Api.Stage` → the generated logical id. */
  readonly aliases: ReadonlyMap<string, string>
  readonly remarks: readonly Remark[]
}

/** SAM's types that become one resource of CloudFormation; what that one is good for, its own deployer says. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['AWS::Serverless::SimpleTable', 'AWS::DynamoDB::Table'],
  ['AWS::Serverless::StateMachine', 'AWS::StepFunctions::StateMachine'],
  ['AWS::Serverless::LayerVersion', 'AWS::Lambda::LayerVersion'],
])

/** Replaces the resources of SAM's types. Throws {@link Problem}s. */
export function transformServerless(drafts: readonly Draft[], { globals, include }: ServerlessParts): Transformed {
  const output = new Output()
  const usagePlans = new UsagePlans(output)
  const functions = new Map(
    drafts.filter(({ type }) => type === 'AWS::Serverless::Function').map((draft) => [draft.logicalId, draft]),
  )
  const events = [...functions.values()].flatMap((draft) => readEvents(draft, output))
  const callable = ({ functionId, node }: ApiEvent): Node => {
    const draft = functions.get(functionId)
    if (draft === undefined) throw new Problem(`There is no function ${functionId}`, node)
    return callableOf(node, draft)
  }
  const parts = (type: ApiType, apiId: string): ApiParts => ({
    events: events.filter((event) => event.type === type && event.apiId === apiId),
    callable,
    include,
    output,
    usagePlans,
  })
  for (const draft of [...drafts, ...impliedApis(drafts, events, globals)]) transform(draft, parts, output)
  usagePlans.finish()
  checkIds(output.drafts)
  return output
}

function transform(draft: Draft, parts: (type: ApiType, apiId: string) => ApiParts, output: Output): void {
  const { type, logicalId } = draft
  if (!type.startsWith('AWS::Serverless::')) output.drafts.push(draft)
  else if (type === 'AWS::Serverless::Function') transformFunction(draft, output)
  else if (type === 'AWS::Serverless::Api') transformRestApi(draft, parts(type, logicalId))
  else if (type === 'AWS::Serverless::HttpApi') transformHttpApi(draft, parts(type, logicalId))
  else {
    const name = renamed.get(type)
    if (name === undefined) throw new Problem(`${logicalId}: the type ${type} is not transformed here`, draft)
    output.drafts.push({ ...draft, type: name })
  }
}

/** The APIs that events without `RestApiId` or `ApiId` lead to; an event that names an API has to name one of its kind. */
function impliedApis(
  drafts: readonly Draft[],
  events: readonly ApiEvent[],
  globals: (type: ApiType) => MapNode,
): readonly Draft[] {
  const implied = new Map<string, Draft>()
  for (const { apiId, type, name, functionId, node } of events) {
    const draft = drafts.find(({ logicalId }) => logicalId === apiId)
    if (draft !== undefined && draft.type === type) continue
    if (draft !== undefined || apiId !== implicitIds[type]) {
      throw new Problem(`The event ${name} of ${functionId}: ${apiId} is no ${type} of this template`, node)
    }
    if (implied.has(apiId)) continue
    // SAM: the stage of the implied REST API is always Prod; that of an HTTP API is $default.
    const { entries } = globals(type)
    const stage: readonly (readonly [string, Node])[] =
      type === 'AWS::Serverless::Api' ? [['StageName', plant(node, 'Prod')]] : []
    const properties: MapNode = { kind: 'map', entries: new Map([...entries, ...stage]), offset: node.offset }
    implied.set(apiId, { logicalId: apiId, type, properties, dependsOn: [], retained: false, offset: node.offset })
  }
  return [...implied.values()]
}

function checkIds(drafts: readonly Draft[]): void {
  const seen = new Set<string>()
  for (const draft of drafts) {
    if (seen.has(draft.logicalId)) throw new Problem(`The logical id ${draft.logicalId} is generated twice`, draft)
    seen.add(draft.logicalId)
  }
}
