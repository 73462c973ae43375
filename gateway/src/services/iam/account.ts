// The account as a whole: its alias, and the numbers of its resources.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import { alreadyExists, noSuchEntity } from './faults.ts'

type Names = 'CreateAccountAlias' | 'DeleteAccountAlias' | 'ListAccountAliases' | 'GetAccountSummary'

/** Aliases are claimed over all accounts; the claim's value is the account. */
const space = 'account-alias'

/** IAM's default quotas, by the names of the summary. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const quotas = {
  AccessKeysPerUserQuota: 2,
  AssumeRolePolicySizeQuota: 2_048,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerRoleQuota: 10,
  AttachedPoliciesPerUserQuota: 10,
  GroupPolicySizeQuota: 5_120,
  GroupsPerUserQuota: 10,
  GroupsQuota: 300,
  InstanceProfilesQuota: 1_000,
  PoliciesQuota: 1_500,
  PolicySizeQuota: 6_144,
  PolicyVersionsInUseQuota: 10_000,
  RolePolicySizeQuota: 10_240,
  RolesQuota: 1_000,
  ServerCertificatesQuota: 20,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: 2_048,
  UsersQuota: 5_000,
  VersionsPerPolicyQuota: 5,
} as const

/** Counts of things that do not exist here: AWS's console is missing, and certificates belong to ACM. */
const absent = {
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 0,
  AccountSigningCertificatesPresent: 0,
  GlobalEndpointTokenVersion: 1,
  MFADevices: 0,
  MFADevicesInUse: 0,
  ServerCertificates: 0,
} as const

export const account: Handlers<Operations, Names, Call> = {
  // AWS: an account has one alias, and a new one replaces it.
  CreateAccountAlias: async ({ AccountAlias: accountAlias }, call) => {
    const before = await call.store.get('AccountAlias', [])
    if (before?.accountAlias === accountAlias) return
    if (!(await call.store.claim(space, accountAlias, call.scope.account))) {
      throw alreadyExists(`The account alias ${accountAlias} already exists.`)
    }
    if (before !== undefined) call.store.release(space, before.accountAlias)
    call.store.put('AccountAlias', [], { accountAlias })
  },
  DeleteAccountAlias: async ({ AccountAlias }, call) => {
    const record = await call.store.get('AccountAlias', [])
    if (record?.accountAlias !== AccountAlias) {
      throw noSuchEntity(`The account alias ${AccountAlias} cannot be found.`)
    }
    call.store.delete('AccountAlias', [])
    call.store.release(space, AccountAlias)
  },
  ListAccountAliases: async (_input, call) => {
    const record = await call.store.get('AccountAlias', [])
    return { AccountAliases: record === undefined ? [] : [record.accountAlias], IsTruncated: false }
  },
  GetAccountSummary: async (_input, call) => {
    const policies = await call.store.list('ManagedPolicy', [])
    const accessKeys = await call.store.list('AccessKey', [])
    return {
      SummaryMap: {
        ...quotas,
        ...absent,
        AccountAccessKeysPresent: accessKeys.some(({ record }) => record.userName === undefined) ? 1 : 0,
        Groups: (await call.store.list('Group', [])).length,
        InstanceProfiles: (await call.store.list('InstanceProfile', [])).length,
        Policies: policies.length,
        PolicyVersionsInUse: policies.reduce((sum, { record }) => sum + record.versions.length, 0),
        Providers: (await call.store.list('OpenIdProvider', [])).length,
        Roles: (await call.store.list('Role', [])).length,
        Users: (await call.store.list('User', [])).length,
      },
    }
  },
}
