// Lists the roles, users and groups that have a managed policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
import type { Handlers } from '@sluice/aws-protocol'
import type { EntityType, ListEntitiesForPolicyRequest, Operations } from '@sluice/aws-protocol/iam'
import type { GroupRecord, RoleRecord, UserRecord } from '../../nouns/identity-records.ts'
import type { Call } from '../call.ts'
import type { Holder } from './holder.ts'
import { foundPolicy, isAttachable } from './managed-policy-rules.ts'
import { pageOf } from './page.ts'

type Record = RoleRecord | UserRecord | GroupRecord

export const policyEntities: Handlers<Operations, 'ListEntitiesForPolicy', Call> = {
  // One page goes over all three kinds, roles first.
  ListEntitiesForPolicy: async (input, call) => {
    if (!(await isAttachable(call, input.PolicyArn))) await foundPolicy(call, input.PolicyArn)
    const all: { readonly kind: Holder; readonly name: string; readonly id: string }[] = []
    for (const kind of ['Role', 'User', 'Group'] as const) {
      if (!isAskedFor(kind, input.EntityFilter)) continue
      for (const { key, record } of await call.store.list(kind, [])) {
        if (isMeant(record, input)) all.push({ kind, name: key[0] ?? '', id: idOf(record) })
      }
    }
    const { items, rest } = pageOf(all, ({ kind, name }) => `${kind} ${name}`, input)
    const of = (wanted: Holder): typeof items => items.filter(({ kind }) => kind === wanted)
    return {
      PolicyRoles: of('Role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      PolicyUsers: of('User').map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyGroups: of('Group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      ...rest,
    }
  },
}

function isAskedFor(kind: Holder, filter: EntityType | undefined): boolean {
  return filter === undefined || filter === kind
}

/** Whether a listing includes a record: by attachment or use as a boundary, as the filter says, and by both without a filter. */
function isMeant(record: Record, { PolicyArn: arn, PolicyUsageFilter: use, PathPrefix = '/' }: Filters): boolean {
  const isAttached = use !== 'PermissionsBoundary' && record.attachedPolicyArns.includes(arn)
  const isBoundary =
    use !== 'PermissionsPolicy' && 'permissionsBoundary' in record && record.permissionsBoundary === arn
  return record.path.startsWith(PathPrefix) && (isAttached || isBoundary)
}

type Filters = Pick<ListEntitiesForPolicyRequest, 'PolicyArn' | 'PolicyUsageFilter' | 'PathPrefix'>

function idOf(record: Record): string {
  if ('roleId' in record) return record.roleId
  return 'userId' in record ? record.userId : record.groupId
}
