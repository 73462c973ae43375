// Stored shapes of IAM: users, roles, instance profiles, their policies and access keys.

/** Inline policies by name, as JSON text. */
export type InlinePolicies = Readonly<Record<string, string>>

export interface RoleRecord {
  readonly roleName: string
  readonly roleId: string
  readonly path: string
  readonly arn: string
  readonly createDate: number
  readonly assumeRolePolicyDocument: string
  readonly description?: string | undefined
  readonly maxSessionDuration: number
  readonly permissionsBoundary?: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly inlinePolicies: InlinePolicies
  readonly attachedPolicyArns: readonly string[]
}

export interface UserRecord {
  readonly userName: string
  readonly userId: string
  readonly path: string
  readonly arn: string
  readonly createDate: number
  readonly permissionsBoundary?: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly inlinePolicies: InlinePolicies
  readonly attachedPolicyArns: readonly string[]
}

export interface GroupRecord {
  readonly groupName: string
  readonly groupId: string
  readonly path: string
  readonly arn: string
  readonly createDate: number
  readonly userNames: readonly string[]
  readonly inlinePolicies: InlinePolicies
  readonly attachedPolicyArns: readonly string[]
}

/** Root's own key has no user name. */
export interface AccessKeyRecord {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly userName?: string | undefined
  readonly status: 'Active' | 'Inactive'
  readonly createDate: number
}

export interface ManagedPolicyRecord {
  readonly policyName: string
  readonly policyId: string
  readonly path: string
  readonly arn: string
  readonly createDate: number
  readonly updateDate: number
  readonly description?: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly defaultVersionId: string
  /** The highest number that a version ever had; absent while none but the first was made. */
  readonly lastVersion?: number | undefined
  readonly versions: readonly { readonly versionId: string; readonly document: string; readonly createDate: number }[]
}

export interface InstanceProfileRecord {
  readonly instanceProfileName: string
  readonly instanceProfileId: string
  readonly path: string
  readonly arn: string
  readonly createDate: number
  /** AWS: never more than one. */
  readonly roleName?: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** Another name of an account, which no other account has. */
export interface AccountAliasRecord {
  readonly accountAlias: string
}
