// The operations of IAM's policy simulator.
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidInputException, type Operations, type SimulatePolicyResponse } from '@sluice/aws-protocol/iam'
import { distinctKeys, type Principal } from '@sluice/iam-policy'
import { callerAttributes } from '../../nouns/caller-attributes.ts'
import type { Call } from '../call.ts'
import { validationError } from './faults.ts'
import { listed, policySource, type PolicySource, type SimulatedPolicy } from './simulated-policies.ts'
import { evaluationOf, simulationOf, type Simulation } from './simulation.ts'

type Names =
  | 'SimulateCustomPolicy'
  | 'SimulatePrincipalPolicy'
  | 'GetContextKeysForCustomPolicy'
  | 'GetContextKeysForPrincipalPolicy'

const boundaryList = 'PermissionsBoundaryPolicyInputList'

export const simulate: Handlers<Operations, Names, Call> = {
  SimulateCustomPolicy: async ({ PolicyInputList, ...request }, call) => {
    const { CallerArn, PermissionsBoundaryPolicyInputList: boundaries } = request
    if (request.ResourcePolicy !== undefined && CallerArn === undefined) throw callerNeeded()
    const simulation = simulationOf(request, {
      principal: CallerArn === undefined ? somebody(call) : userOf(CallerArn),
      policies: listed('PolicyInputList', 'IAM Policy', PolicyInputList),
      boundary: listed(boundaryList, 'Permissions Boundary Policy', boundaries),
    })
    return page(request.ActionNames, simulation, request)
  },
  SimulatePrincipalPolicy: async ({ PolicySourceArn, PolicyInputList, ...request }, call) => {
    const source = await policySource(call, PolicySourceArn)
    const { CallerArn, ResourcePolicy, PermissionsBoundaryPolicyInputList: boundaries } = request
    if (ResourcePolicy !== undefined && source.kind !== 'user' && CallerArn === undefined) throw callerNeeded()
    const simulation = simulationOf(request, {
      principal: CallerArn === undefined ? principalOf(source, call) : userOf(CallerArn),
      policies: [...source.policies, ...listed('PolicyInputList', 'IAM Policy', PolicyInputList)],
      boundary:
        boundaries === undefined ? source.boundary : listed(boundaryList, 'Permissions Boundary Policy', boundaries),
    })
    return page(request.ActionNames, simulation, request)
  },
  GetContextKeysForCustomPolicy: ({ PolicyInputList }) =>
    keysOf(listed('PolicyInputList', 'IAM Policy', PolicyInputList)),
  GetContextKeysForPrincipalPolicy: async ({ PolicySourceArn, PolicyInputList }, call) => {
    const { policies } = await policySource(call, PolicySourceArn)
    return keysOf([...policies, ...listed('PolicyInputList', 'IAM Policy', PolicyInputList)])
  },
}

function keysOf(policies: readonly SimulatedPolicy[]): { readonly ContextKeyNames: readonly string[] } {
  return { ContextKeyNames: distinctKeys(policies.flatMap(({ contextKeys }) => contextKeys.flat())) }
}

/** One page of the answers, which are in the order of the actions. Throws ValidationError for a marker that no page gave. */
function page(
  actions: readonly string[],
  simulation: Simulation,
  { Marker, MaxItems = 100 }: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): SimulatePolicyResponse {
  const start = Marker === undefined ? 0 : Number(Buffer.from(Marker, 'base64url').toString())
  if (!Number.isInteger(start) || start < 0 || start > actions.length) throw validationError('Invalid Marker.')
  const end = start + MaxItems
  const EvaluationResults = actions.slice(start, end).map((action) => evaluationOf(checked(action), simulation))
  if (end >= actions.length) return { EvaluationResults, IsTruncated: false }
  return { EvaluationResults, IsTruncated: true, Marker: Buffer.from(String(end)).toString('base64url') }
}

function checked(action: string): string {
  if (/^[^:\s]+:[^:\s]+$/.test(action)) return action
  throw new InvalidInputException(`Invalid Action: ${action}`)
}

function callerNeeded(): Error {
  return new InvalidInputException(
    'CallerArn must be provided and must be the ARN of a user when a ResourcePolicy is simulated.',
  )
}

/** AWS: a caller can only be a user. */
function userOf(arn: string): Principal {
  const account = /^arn:aws(?:-[a-z-]+)?:iam::(\d{12}):user\/.+$/.exec(arn)?.[1]
  if (account === undefined) throw new InvalidInputException(`Invalid CallerArn: ${arn} is not the ARN of a user.`)
  return { type: 'User', arn, account }
}

/** A principal without a name or tags of its own: only context entries describe it. */
function somebody({ scope: { account } }: Call): Principal {
  return { type: 'FederatedIdentity', arn: 'simulated', account }
}

/** The condition keys of users and of roles' sessions are known; what a group's user is called is not. */
function principalOf({ kind, arn, id: userId, tags }: PolicySource, call: Call): Principal {
  const { account } = call.scope
  const attributes = callerAttributes(tags, undefined)
  if (kind === 'group') return somebody(call)
  return kind === 'user'
    ? { type: 'User', arn, account, userId, attributes }
    : { type: 'AssumedRole', arn, roleArn: arn, account, attributes }
}
