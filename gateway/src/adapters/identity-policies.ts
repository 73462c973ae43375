// What the identity policies of a user or a role say, as JSON texts: its own, those attached, and those of the user's groups.
import type { GroupRecord, RoleRecord, UserRecord } from '../nouns/identity-records.ts'
import type { Session } from '../nouns/session.ts'
import type { Reader } from '../ports/store.ts'

/** `reader`: of the account, region `global`. */
export async function policiesOf(reader: Reader, holder: UserRecord | RoleRecord): Promise<readonly string[]> {
  const groups = 'userName' in holder ? await groupsOf(reader, holder.userName) : []
  const documents: string[] = []
  for (const { inlinePolicies, attachedPolicyArns } of [holder, ...groups]) {
    documents.push(...Object.values(inlinePolicies), ...(await documentsOf(reader, attachedPolicyArns)))
  }
  return documents
}

/** A boundary that is not there forbids everything. */
const nothing = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'

/** What a permissions boundary says. */
export async function boundaryOf(reader: Reader, arn: string): Promise<string> {
  return (await documentOf(reader, arn)) ?? nothing
}

/** What the policies passed with a session say; undefined when none were passed. Those that are not there grant nothing. */
export async function sessionPoliciesOf(
  reader: Reader,
  { origin, policy, policyArns = [] }: Session,
): Promise<readonly string[] | undefined> {
  // AWS: a federated user without policies has no permissions.
  if (policy === undefined && policyArns.length === 0 && origin !== 'GetFederationToken') return undefined
  return [...(policy === undefined ? [] : [policy]), ...(await documentsOf(reader, policyArns))]
}

async function documentsOf(reader: Reader, arns: readonly string[]): Promise<readonly string[]> {
  const documents: string[] = []
  for (const arn of arns) {
    const document = await documentOf(reader, arn)
    if (document !== undefined) documents.push(document)
  }
  return documents
}

/** The text of a managed policy's default version. */
async function documentOf(reader: Reader, arn: string): Promise<string | undefined> {
  const policy = await reader.get('ManagedPolicy', [arn])
  return policy?.versions.find(({ versionId }) => versionId === policy.defaultVersionId)?.document
}

async function groupsOf(reader: Reader, userName: string): Promise<readonly GroupRecord[]> {
  const groups = await reader.list('Group', [])
  return groups.map(({ record }) => record).filter(({ userNames }) => userNames.includes(userName))
}
