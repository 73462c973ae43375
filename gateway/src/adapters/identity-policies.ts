// What the identity policies of a user or a role say, as JSON texts: its own, those attached, and those of the user's groups.
import type { GroupRecord, RoleRecord, UserRecord } from '../nouns/identity-records.ts'
import type { Reader } from '../ports/store.ts'

/** A policy that is not there grants nothing; as a boundary it therefore forbids everything. */
const nothing = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'

/** `reader`: of the account, region `global`. */
export async function policiesOf(reader: Reader, holder: UserRecord | RoleRecord): Promise<readonly string[]> {
  const groups = 'userName' in holder ? await groupsOf(reader, holder.userName) : []
  const documents: string[] = []
  for (const { inlinePolicies, attachedPolicyArns } of [holder, ...groups]) {
    documents.push(...Object.values(inlinePolicies))
    for (const arn of attachedPolicyArns) documents.push(await documentOf(reader, arn))
  }
  return documents.filter((document) => document !== nothing)
}

/** The text of a managed policy's default version. */
export async function documentOf(reader: Reader, arn: string): Promise<string> {
  const policy = await reader.get('ManagedPolicy', [arn])
  return policy?.versions.find(({ versionId }) => versionId === policy.defaultVersionId)?.document ?? nothing
}

async function groupsOf(reader: Reader, userName: string): Promise<readonly GroupRecord[]> {
  const groups = await reader.list('Group', [])
  return groups.map(({ record }) => record).filter(({ userNames }) => userNames.includes(userName))
}
