// Lists all users, groups, roles and policies of an account, which decide what each may do.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
import type { Handlers } from '@sluice/aws-protocol'
import type {
  GroupDetail,
  ManagedPolicyDetail,
  Operations,
  PolicyDetail,
  RoleDetail,
  UserDetail,
} from '@sluice/aws-protocol/iam'
import type {
  GroupRecord,
  InlinePolicies,
  ManagedPolicyRecord,
  RoleRecord,
  UserRecord,
} from '../../nouns/identity-records.ts'
import type { Call } from '../call.ts'
import { shownAttached } from './attached-policy.ts'
import { shownGroup } from './group.ts'
import { profilesOf } from './instance-profile.ts'
import { policyUses, type PolicyUses } from './managed-policy-rules.ts'
import { shownPolicy } from './managed-policy.ts'
import { pageOf } from './page.ts'
import { shownVersion } from './policy-version.ts'
import { shownRole } from './role.ts'
import { encodedDocument, shownBoundary, shownTags } from './shown.ts'
import { shownUser } from './user.ts'

/** The kinds of records in a listing, in its order, with their names in filters. AWS's own policies are not stored here. */
const kinds = [
  ['User', 'User'],
  ['Group', 'Group'],
  ['Role', 'Role'],
  ['ManagedPolicy', 'LocalManagedPolicy'],
] as const

type Entry =
  | { readonly kind: 'User'; readonly record: UserRecord }
  | { readonly kind: 'Group'; readonly record: GroupRecord }
  | { readonly kind: 'Role'; readonly record: RoleRecord }
  | { readonly kind: 'ManagedPolicy'; readonly record: ManagedPolicyRecord }

export const authorizationDetails: Handlers<Operations, 'GetAccountAuthorizationDetails', Call> = {
  GetAccountAuthorizationDetails: async ({ Filter, ...page }, call) => {
    const entries: Entry[] = []
    for (const [kind, filter] of kinds) {
      if (Filter !== undefined && Filter.length > 0 && !Filter.includes(filter)) continue
      for (const { record } of await call.store.list(kind, [])) entries.push({ kind, record } as Entry)
    }
    const { items, rest } = pageOf(entries, ({ kind, record }) => `${kind} ${record.arn}`, page)
    const groups = (await call.store.list('Group', [])).map(({ record }) => record)
    const uses = await policyUses(call)
    return {
      UserDetailList: items.flatMap((entry) => (entry.kind === 'User' ? [userDetail(entry.record, groups)] : [])),
      GroupDetailList: items.flatMap((entry) => (entry.kind === 'Group' ? [groupDetail(entry.record)] : [])),
      RoleDetailList: await Promise.all(
        items.flatMap((entry) => (entry.kind === 'Role' ? [roleDetail(call, entry.record)] : [])),
      ),
      Policies: items.flatMap((entry) => (entry.kind === 'ManagedPolicy' ? [policyDetail(entry.record, uses)] : [])),
      ...rest,
    }
  },
}

function userDetail(record: UserRecord, groups: readonly GroupRecord[]): UserDetail {
  const own = groups.filter(({ userNames }) => userNames.includes(record.userName))
  return {
    ...shownUser(record),
    UserPolicyList: inline(record.inlinePolicies),
    GroupList: own.map(({ groupName }) => groupName),
    AttachedManagedPolicies: shownAttached(record.attachedPolicyArns),
    ...shownBoundary(record.permissionsBoundary),
    ...shownTags(record.tags),
  }
}

function groupDetail(record: GroupRecord): GroupDetail {
  return {
    ...shownGroup(record),
    GroupPolicyList: inline(record.inlinePolicies),
    AttachedManagedPolicies: shownAttached(record.attachedPolicyArns),
  }
}

async function roleDetail(call: Call, record: RoleRecord): Promise<RoleDetail> {
  const { Path, RoleName, RoleId, Arn, CreateDate, AssumeRolePolicyDocument } = shownRole(record)
  return {
    Path,
    RoleName,
    RoleId,
    Arn,
    CreateDate,
    AssumeRolePolicyDocument,
    InstanceProfileList: await profilesOf(call, record),
    RolePolicyList: inline(record.inlinePolicies),
    AttachedManagedPolicies: shownAttached(record.attachedPolicyArns),
    ...shownBoundary(record.permissionsBoundary),
    ...shownTags(record.tags),
    RoleLastUsed: {},
  }
}

function policyDetail(record: ManagedPolicyRecord, uses: PolicyUses): ManagedPolicyDetail {
  return {
    ...shownPolicy(record, uses),
    ...(record.description !== undefined && { Description: record.description }),
    PolicyVersionList: record.versions.map((version) => ({
      ...shownVersion(record, version),
      Document: encodedDocument(version.document),
    })),
  }
}

function inline(policies: InlinePolicies): readonly PolicyDetail[] {
  return Object.entries(policies).map(([PolicyName, document]) => ({
    PolicyName,
    PolicyDocument: encodedDocument(document),
  }))
}
