// Versions of managed policies, of which one is in force. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
import type { Handlers } from '@sluice/aws-protocol'
import { DeleteConflictException, type Operations, type PolicyVersion } from '@sluice/aws-protocol/iam'
import type { ManagedPolicyRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { checkPolicy, limitExceeded, noSuchEntity } from './faults.ts'
import { foundPolicy, policyCharacters } from './managed-policy-rules.ts'
import { pageOf } from './page.ts'
import { encodedDocument } from './shown.ts'

type Names =
  | 'CreatePolicyVersion'
  | 'GetPolicyVersion'
  | 'ListPolicyVersions'
  | 'SetDefaultPolicyVersion'
  | 'DeletePolicyVersion'

/** IAM quotas. */
const mostVersions = 5

export const policyVersion: Handlers<Operations, Names, Call> = {
  CreatePolicyVersion: async ({ PolicyArn, PolicyDocument: document, SetAsDefault = false }, call) => {
    checkPolicy(document, 'identity', policyCharacters)
    const record = await foundPolicy(call, PolicyArn)
    if (record.versions.length >= mostVersions) {
      throw limitExceeded(
        `A managed policy can have up to ${mostVersions} versions. Before you create a new version, you must delete an existing version.`,
      )
    }
    // AWS: a number is never given twice, also when the newest version was deleted.
    const lastVersion = (record.lastVersion ?? 1) + 1
    const version = { versionId: `v${lastVersion}`, document, createDate: nowSeconds(call) }
    const changed: ManagedPolicyRecord = {
      ...record,
      lastVersion,
      versions: [...record.versions, version],
      updateDate: version.createDate,
      ...(SetAsDefault && { defaultVersionId: version.versionId }),
    }
    call.store.put('ManagedPolicy', [record.arn], changed)
    return { PolicyVersion: shownVersion(changed, version) }
  },
  GetPolicyVersion: async ({ PolicyArn, VersionId }, call) => {
    const record = await foundPolicy(call, PolicyArn)
    const version = foundVersion(record, VersionId)
    return { PolicyVersion: { ...shownVersion(record, version), Document: encodedDocument(version.document) } }
  },
  ListPolicyVersions: async ({ PolicyArn, ...page }, call) => {
    const record = await foundPolicy(call, PolicyArn)
    const { items, rest } = pageOf(record.versions, ({ versionId }) => versionId, page)
    return { Versions: items.map((version) => shownVersion(record, version)), ...rest }
  },
  SetDefaultPolicyVersion: async ({ PolicyArn, VersionId }, call) => {
    const record = await foundPolicy(call, PolicyArn)
    const { versionId: defaultVersionId } = foundVersion(record, VersionId)
    call.store.put('ManagedPolicy', [record.arn], { ...record, defaultVersionId, updateDate: nowSeconds(call) })
  },
  DeletePolicyVersion: async ({ PolicyArn, VersionId }, call) => {
    const record = await foundPolicy(call, PolicyArn)
    const { versionId } = foundVersion(record, VersionId)
    if (versionId === record.defaultVersionId) {
      throw new DeleteConflictException('Cannot delete the default version of a policy.')
    }
    const versions = record.versions.filter((each) => each.versionId !== versionId)
    call.store.put('ManagedPolicy', [record.arn], { ...record, versions })
  },
}

type Version = ManagedPolicyRecord['versions'][number]

function foundVersion({ arn, versions }: ManagedPolicyRecord, versionId: string): Version {
  const version = versions.find((each) => each.versionId === versionId)
  if (version === undefined)
    throw noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`)
  return version
}

/** A version without its document. */
export function shownVersion(
  { defaultVersionId }: ManagedPolicyRecord,
  { versionId, createDate }: Version,
): PolicyVersion {
  return { VersionId: versionId, IsDefaultVersion: versionId === defaultVersionId, CreateDate: createDate }
}
