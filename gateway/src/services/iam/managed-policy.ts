// Managed policies: documents with an ARN of their own. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
import type { Handlers } from '@sluice/aws-protocol'
import { DeleteConflictException, type Operations, type Policy } from '@sluice/aws-protocol/iam'
import type { ManagedPolicyRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { uniqueId } from './credentials.ts'
import { alreadyExists, checkPolicy } from './faults.ts'
import { identityArn } from './holder.ts'
import { foundPolicy, policyCharacters, policyUses, type PolicyUses } from './managed-policy-rules.ts'
import { pageOf } from './page.ts'
import { shownTags, tagsOf } from './shown.ts'

export const managedPolicy: Handlers<Operations, 'CreatePolicy' | 'GetPolicy' | 'ListPolicies' | 'DeletePolicy', Call> =
  {
    CreatePolicy: async (input, call) => {
      checkPolicy(input.PolicyDocument, 'identity', policyCharacters)
      const policies = await call.store.list('ManagedPolicy', [])
      if (policies.some(({ record }) => record.policyName.toLowerCase() === input.PolicyName.toLowerCase())) {
        throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`)
      }
      const path = input.Path ?? '/'
      const createDate = nowSeconds(call)
      const record: ManagedPolicyRecord = {
        policyName: input.PolicyName,
        policyId: uniqueId('ANPA'),
        path,
        arn: identityArn(call, 'Policy', path, input.PolicyName),
        createDate,
        updateDate: createDate,
        description: input.Description,
        tags: tagsOf(input.Tags),
        defaultVersionId: 'v1',
        versions: [{ versionId: 'v1', document: input.PolicyDocument, createDate }],
      }
      call.store.put('ManagedPolicy', [record.arn], record)
      return { Policy: { ...shownPolicy(record, await policyUses(call)), ...shownTags(record.tags) } }
    },
    GetPolicy: async ({ PolicyArn }, call) => {
      const record = await foundPolicy(call, PolicyArn)
      return {
        Policy: {
          ...shownPolicy(record, await policyUses(call)),
          ...(record.description !== undefined && { Description: record.description }),
          ...shownTags(record.tags),
        },
      }
    },
    ListPolicies: async (input, call) => {
      const uses = await policyUses(call)
      const own = input.Scope === 'AWS' ? [] : (await call.store.list('ManagedPolicy', [])).map(({ record }) => record)
      const used = input.PolicyUsageFilter === 'PermissionsBoundary' ? uses.boundaries : uses.attachments
      const onlyUsed = input.OnlyAttached === true || input.PolicyUsageFilter !== undefined
      const wanted = own.filter(
        ({ arn, path }) => path.startsWith(input.PathPrefix ?? '/') && (!onlyUsed || used.has(arn)),
      )
      const { items, rest } = pageOf(wanted, ({ policyName }) => policyName, input)
      return { Policies: items.map((record) => shownPolicy(record, uses)), ...rest }
    },
    DeletePolicy: async ({ PolicyArn }, call) => {
      const { arn, versions } = await foundPolicy(call, PolicyArn)
      const { attachments, boundaries } = await policyUses(call)
      if (attachments.has(arn) || boundaries.has(arn)) {
        throw new DeleteConflictException('Cannot delete a policy attached to entities.')
      }
      if (versions.length > 1) {
        throw new DeleteConflictException(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        )
      }
      call.store.delete('ManagedPolicy', [arn])
    },
  }

/** A managed policy without what only its own answer shows. */
export function shownPolicy(record: ManagedPolicyRecord, { attachments, boundaries }: PolicyUses): Policy {
  return {
    PolicyName: record.policyName,
    PolicyId: record.policyId,
    Arn: record.arn,
    Path: record.path,
    DefaultVersionId: record.defaultVersionId,
    AttachmentCount: attachments.get(record.arn) ?? 0,
    PermissionsBoundaryUsageCount: boundaries.get(record.arn) ?? 0,
    IsAttachable: true,
    CreateDate: record.createDate,
    UpdateDate: record.updateDate,
  }
}
