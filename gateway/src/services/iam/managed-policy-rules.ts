// Finds managed policies: the account's own records, and AWS's, which are known only by the form of their ARN.
import type { ManagedPolicyRecord } from '../../nouns/identity-records.ts'
import type { Call } from '../call.ts'
import { noSuchEntity } from './faults.ts'

/** IAM quotas: white space not counted. */
export const policyCharacters = 6_144

/** AWS's own policies can be attached, but their documents are not here, so they allow nothing. */
const awsManaged = /^arn:aws:iam::aws:policy\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]+$/

/** Whether a policy with this ARN can be attached. */
export async function isAttachable(call: Call, arn: string): Promise<boolean> {
  return awsManaged.test(arn) || (await call.store.get('ManagedPolicy', [arn])) !== undefined
}

/** The account's managed policy with this ARN. Throws NoSuchEntity. */
export async function foundPolicy(call: Call, arn: string): Promise<ManagedPolicyRecord> {
  const record = await call.store.get('ManagedPolicy', [arn])
  if (record === undefined) throw noSuchEntity(`Policy ${arn} was not found.`)
  return record
}

/** Throws NoSuchEntity for a permissions boundary that is no policy. */
export async function checkBoundary(call: Call, arn: string | undefined): Promise<void> {
  if (arn === undefined || (await isAttachable(call, arn))) return
  throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
}

/** How often each policy is used, by ARN. */
export interface PolicyUses {
  readonly attachments: ReadonlyMap<string, number>
  readonly boundaries: ReadonlyMap<string, number>
}

/** Counts the uses of every policy in one pass over the account's roles, users and groups. */
export async function policyUses(call: Call): Promise<PolicyUses> {
  const attachments = new Map<string, number>()
  const boundaries = new Map<string, number>()
  const add = (counts: Map<string, number>, arn: string): unknown => counts.set(arn, (counts.get(arn) ?? 0) + 1)
  for (const kind of ['Role', 'User', 'Group'] as const) {
    for (const { record } of await call.store.list(kind, [])) {
      for (const arn of record.attachedPolicyArns) add(attachments, arn)
      if ('permissionsBoundary' in record && record.permissionsBoundary !== undefined) {
        add(boundaries, record.permissionsBoundary)
      }
    }
  }
  return { attachments, boundaries }
}
