// The policies that a simulation evaluates: those of the request, and those of the user, group or role that it names.
import { PolicyEvaluationException, InvalidInputException } from '@sluice/aws-protocol/iam'
import {
  contextKeysOf,
  parsePolicy,
  PolicyFault,
  statementPlaces,
  type CompiledPolicy,
  type ContextKeys,
  type PolicyKind,
  type StatementPlace,
} from '@sluice/iam-policy'
import type { GroupRecord, RoleRecord, UserRecord } from '../../nouns/identity-records.ts'
import type { Call } from '../call.ts'
import { noSuchEntity, validationError } from './faults.ts'

/** A policy with the facts that a simulation reports about it. */
export interface SimulatedPolicy {
  /** `PolicyInputList.1`, `user_ada_NAME` for an inline policy, or a managed policy's name. */
  readonly id: string
  /** The service's word, which its model does not have among the values. */
  readonly type: 'IAM Policy' | 'Permissions Boundary Policy' | 'Resource Policy'
  readonly policy: CompiledPolicy
  /** The condition keys of each statement. */
  readonly contextKeys: readonly ContextKeys[]
  readonly places: () => readonly StatementPlace[]
}

/** Throws InvalidInput for a text that is no policy. */
export function simulated(id: string, type: SimulatedPolicy['type'], text: string): SimulatedPolicy {
  const kind: PolicyKind = type === 'Resource Policy' ? 'any' : 'identity'
  let places: readonly StatementPlace[] | undefined
  return {
    id,
    type,
    policy: parsed(text, kind),
    contextKeys: contextKeysOf(JSON.parse(text)),
    places: () => (places ??= statementPlaces(text)),
  }
}

function parsed(text: string, kind: PolicyKind): CompiledPolicy {
  try {
    return parsePolicy(text, { kind })
  } catch (error) {
    throw error instanceof PolicyFault ? new InvalidInputException(error.message) : error
  }
}

/** The policies of a request's list, by its member's name. */
export function listed(
  name: string,
  type: SimulatedPolicy['type'],
  texts: readonly string[] = [],
): readonly SimulatedPolicy[] {
  return texts.map((text, index) => simulated(`${name}.${index + 1}`, type, text))
}

/** The user, group or role that SimulatePrincipalPolicy asks about. */
export interface PolicySource {
  readonly kind: 'user' | 'group' | 'role'
  readonly arn: string
  readonly id: string
  readonly tags: Readonly<Record<string, string>>
  readonly policies: readonly SimulatedPolicy[]
  readonly boundary: readonly SimulatedPolicy[]
}

const sourceArn = /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:(user|group|role)\/(?:.*\/)?([\w+=,.@-]+)$/

/** Throws NoSuchEntity, and ValidationError for what is no ARN of a user, group or role. */
export async function policySource(call: Call, arn: string): Promise<PolicySource> {
  const [, kind, name = ''] = sourceArn.exec(arn) ?? []
  switch (kind) {
    case 'user': {
      const record = await call.store.get('User', [name])
      if (record?.arn !== arn) throw missing(arn)
      const groups = (await call.store.list('Group', [])).map((entry) => entry.record)
      const own = groups.filter(({ userNames }) => userNames.includes(name))
      const policies = [
        ...(await policiesOf(call, `user_${name}`, record)),
        ...(await Promise.all(own.map((group) => policiesOf(call, `group_${group.groupName}`, group)))).flat(),
      ]
      return { kind, arn, id: record.userId, tags: record.tags, policies, boundary: await boundaryOf(call, record) }
    }
    case 'role': {
      const record = await call.store.get('Role', [name])
      if (record?.arn !== arn) throw missing(arn)
      const policies = await policiesOf(call, `role_${name}`, record)
      return { kind, arn, id: record.roleId, tags: record.tags, policies, boundary: await boundaryOf(call, record) }
    }
    case 'group': {
      const record = await call.store.get('Group', [name])
      if (record?.arn !== arn) throw missing(arn)
      const policies = await policiesOf(call, `group_${name}`, record)
      return { kind, arn, id: record.groupId, tags: {}, policies, boundary: [] }
    }
    default:
      throw validationError(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
  }
}

function missing(arn: string): Error {
  return noSuchEntity(`No entity with ARN ${arn} could be found.`)
}

type Holder = Pick<UserRecord | RoleRecord | GroupRecord, 'inlinePolicies' | 'attachedPolicyArns'>

async function policiesOf(call: Call, prefix: string, holder: Holder): Promise<readonly SimulatedPolicy[]> {
  const inline = Object.entries(holder.inlinePolicies).map(([name, text]) =>
    simulated(`${prefix}_${name}`, 'IAM Policy', text),
  )
  const managed = await Promise.all(holder.attachedPolicyArns.map((arn) => managedPolicy(call, arn, 'IAM Policy')))
  return [...inline, ...managed.filter((policy) => policy !== undefined)]
}

async function boundaryOf(
  call: Call,
  { permissionsBoundary: arn }: UserRecord | RoleRecord,
): Promise<readonly SimulatedPolicy[]> {
  if (arn === undefined) return []
  const policy = await managedPolicy(call, arn, 'Permissions Boundary Policy')
  if (policy !== undefined) return [policy]
  throw new PolicyEvaluationException(`The permissions boundary ${arn} is not here, so that nothing can be said.`)
}

/** Undefined for AWS's own policies, whose documents are not here. */
async function managedPolicy(
  call: Call,
  arn: string,
  type: SimulatedPolicy['type'],
): Promise<SimulatedPolicy | undefined> {
  const record = await call.store.get('ManagedPolicy', [arn])
  const version = record?.versions.find(({ versionId }) => versionId === record.defaultVersionId)
  return record && version && simulated(record.policyName, type, version.document)
}
