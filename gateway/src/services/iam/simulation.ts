// Simulates policies: how each of some actions would be decided, and by which statements.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
import type {
  ContextEntry,
  EvaluationResult,
  PolicyEvaluationDecisionType,
  ResourceSpecificResult,
  SimulateCustomPolicyRequest,
  Statement,
} from '@sluice/aws-protocol/iam'
import { InvalidInputException } from '@sluice/aws-protocol/iam'
import {
  createContext,
  distinctKeys,
  explain,
  principalKey,
  type Context,
  type ContextValue,
  type Explanation,
  type MatchedStatement,
  type Principal,
} from '@sluice/iam-policy'
import { simulated, type SimulatedPolicy } from './simulated-policies.ts'

/** The question of a simulation. */
export interface Simulation {
  readonly principal: Principal
  readonly policies: readonly SimulatedPolicy[]
  /** At most one. */
  readonly boundary: readonly SimulatedPolicy[]
  readonly resource: SimulatedPolicy | undefined
  /** Whether caller and resource belong to one account. */
  readonly sameAccount: boolean
  readonly context: Context
  /** Whether resources were named: then the answer tells of each. */
  readonly resourceArns: readonly string[] | undefined
}

type Request = Omit<SimulateCustomPolicyRequest, 'PolicyInputList'>

/** Throws InvalidInput for policies, contexts and callers that cannot be. */
export function simulationOf(
  request: Request,
  own: Pick<Simulation, 'principal' | 'policies' | 'boundary'>,
): Simulation {
  const { principal } = own
  const { ResourceArns, ResourcePolicy, ResourceOwner, ContextEntries = [] } = request
  if (request.ResourceHandlingOption !== undefined) {
    throw new InvalidInputException(
      'ResourceHandlingOption is for actions of EC2, about whose resources Sluice knows nothing.',
    )
  }
  if (own.boundary.length > 1) throw new InvalidInputException('Only one permissions boundary policy may be simulated.')
  const given = createContext(ContextEntries.map(contextEntry))
  const owner = ResourceOwner === undefined ? ownerOf(ResourceArns?.[0]) : accountOf(ResourceOwner)
  return {
    ...own,
    resource: ResourcePolicy === undefined ? undefined : simulated('ResourcePolicy', 'Resource Policy', ResourcePolicy),
    sameAccount: owner === undefined || principal.account === undefined || owner === principal.account,
    context: (lowerKey) => given(lowerKey) ?? principalKey(principal, lowerKey),
    resourceArns: ResourceArns?.length === 0 ? undefined : ResourceArns,
  }
}

/** The account that owns a resource, where its ARN says so. */
function ownerOf(arn: string | undefined): string | undefined {
  const account = arn?.split(':', 5)[4]
  return account === undefined || !/^\d{12}$/.test(account) ? undefined : account
}

function accountOf(owner: string): string {
  const account = /^(?:arn:aws(?:-[a-z-]+)?:iam::)?(\d{12})(?::root)?$/.exec(owner)?.[1]
  if (account === undefined) throw new InvalidInputException(`Invalid ResourceOwner: ${owner}`)
  return account
}

/** Lists have as many values as they say, the other types one; what a value has to look like is the operators' business. */
function contextEntry({
  ContextKeyName: name,
  ContextKeyType: type,
  ContextKeyValues: values = [],
}: ContextEntry): readonly [name: string, value: ContextValue] {
  if (name === undefined || type === undefined) {
    throw new InvalidInputException('A context entry needs a ContextKeyName and a ContextKeyType.')
  }
  if (type.endsWith('List')) return [name, values]
  const [value] = values
  if (value === undefined || values.length > 1) {
    throw new InvalidInputException(`Context key ${name} of type ${type} must have exactly one value.`)
  }
  return [name, value]
}

/** The answer about one action. */
export function evaluationOf(action: string, simulation: Simulation): EvaluationResult {
  const { resourceArns = ['*'] } = simulation
  const results = resourceArns.map((resource) => resultOf(action, resource, simulation))
  const [first, ...others] = results
  if (first === undefined) throw new Error('a simulation is about one resource at least')
  const EvalDecision = results.map((each) => each.EvalResourceDecision).reduce(stricter)
  const { EvalResourceName, MatchedStatements, MissingContextValues, EvalDecisionDetails } = first
  const boundary = first.PermissionsBoundaryDecisionDetail
  return {
    EvalActionName: action,
    EvalResourceName,
    EvalDecision,
    MatchedStatements: others.length === 0 ? MatchedStatements : [],
    MissingContextValues: simulation.resourceArns === undefined ? MissingContextValues : [],
    ...(EvalDecisionDetails !== undefined && { EvalDecisionDetails }),
    ...(boundary !== undefined && { PermissionsBoundaryDecisionDetail: boundary }),
    ...(simulation.resourceArns !== undefined && { ResourceSpecificResults: results }),
  }
}

/** The stricter of two decisions: of several resources, the action as a whole gets the strictest. */
function stricter(
  one: PolicyEvaluationDecisionType,
  other: PolicyEvaluationDecisionType,
): PolicyEvaluationDecisionType {
  return strictness[other] > strictness[one] ? other : one
}

const strictness: { readonly [decision in PolicyEvaluationDecisionType]: number } = {
  allowed: 0,
  implicitDeny: 1,
  explicitDeny: 2,
}

function resultOf(action: string, resource: string, simulation: Simulation): ResourceSpecificResult {
  const { principal, policies, boundary, resource: resourcePolicy, sameAccount, context } = simulation
  const explanation = explain(
    {
      identity: policies.map(({ policy }) => policy),
      boundary: boundary[0]?.policy,
      resource: resourcePolicy?.policy,
      sameAccount,
    },
    { principal, action, resource, context },
  )
  const details = detailsOf(explanation, simulation)
  return {
    EvalResourceName: resource,
    EvalResourceDecision: answers[explanation.decision.decision],
    MatchedStatements: decisive(explanation).map((matched) => statementOf(matched, simulation)),
    MissingContextValues: missingKeys(explanation, simulation),
    ...(details !== undefined && { EvalDecisionDetails: details }),
    ...(boundary.length > 0 && {
      PermissionsBoundaryDecisionDetail: {
        AllowedByPermissionsBoundary: verdictOf(explanation, 'boundary') === 'allowed',
      },
    }),
  }
}

const answers = { allow: 'allowed', explicitDeny: 'explicitDeny', implicitDeny: 'implicitDeny' } as const

/** The statements that decided. AWS: with an explicit denial only denying ones are listed, with an implicit one none. */
function decisive({ decision, matched }: Explanation): readonly MatchedStatement[] {
  if (decision.decision === 'implicitDeny') return []
  return matched.filter(({ effect }) => effect === (decision.decision === 'allow' ? 'Allow' : 'Deny'))
}

function policyOf({ source, policyIndex }: MatchedStatement, simulation: Simulation): SimulatedPolicy | undefined {
  if (source === 'resource') return simulation.resource
  return (source === 'boundary' ? simulation.boundary : simulation.policies)[policyIndex]
}

function statementOf(matched: MatchedStatement, simulation: Simulation): Statement {
  const policy = policyOf(matched, simulation)
  const place = policy?.places()[matched.position]
  return {
    SourcePolicyId: policy?.id,
    // The wire has words that the model does not list.
    SourcePolicyType: policy?.type as Statement['SourcePolicyType'],
    ...(place !== undefined && {
      StartPosition: { Line: place.start.line, Column: place.start.column },
      EndPosition: { Line: place.end.line, Column: place.end.column },
    }),
  }
}

/** The condition keys that statements about the action read, and that the call did not give. */
function missingKeys({ touched }: Explanation, simulation: Simulation): readonly string[] {
  const needed = touched.flatMap((each) => policyOf(each, simulation)?.contextKeys[each.position] ?? [])
  return distinctKeys(needed).filter((key) => simulation.context(key.toLowerCase()) === undefined)
}

/** AWS: told of a resource in another account; empty where a resource was named, and absent for all resources. */
function detailsOf(
  explanation: Explanation,
  { sameAccount, resourceArns }: Simulation,
): ResourceSpecificResult['EvalDecisionDetails'] {
  if (sameAccount) return resourceArns === undefined ? undefined : {}
  return {
    'IAM Policy': verdictOf(explanation, 'identity'),
    'Resource Policy': verdictOf(explanation, 'resource'),
  }
}

/** The decision of one kind of policies by itself. */
function verdictOf({ matched }: Explanation, source: MatchedStatement['source']): PolicyEvaluationDecisionType {
  const effects = new Set(matched.filter((each) => each.source === source).map(({ effect }) => effect))
  if (effects.has('Deny')) return 'explicitDeny'
  return effects.has('Allow') ? 'allowed' : 'implicitDeny'
}
