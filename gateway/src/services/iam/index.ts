// The IAM API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import { accessKey } from './access-key.ts'
import { account } from './account.ts'
import { attachedPolicy } from './attached-policy.ts'
import { authorizationDetails } from './authorization-details.ts'
import { boundary } from './boundary.ts'
import { group } from './group.ts'
import { inlinePolicy } from './inline-policy.ts'
import { instanceProfile } from './instance-profile.ts'
import { managedPolicy } from './managed-policy.ts'
import { openIdProvider } from './openid-provider.ts'
import { policyEntities } from './policy-entities.ts'
import { policyVersion } from './policy-version.ts'
import { rename } from './rename.ts'
import { role } from './role.ts'
import { signIn } from './sign-in.ts'
import { simulate } from './simulate.ts'
import { tag } from './tag.ts'
import { user } from './user.ts'

const handlers = {
  ...role,
  ...user,
  ...accessKey,
  ...group,
  ...inlinePolicy,
  ...managedPolicy,
  ...attachedPolicy,
  ...boundary,
  ...openIdProvider,
  ...policyVersion,
  ...policyEntities,
  ...tag,
  ...simulate,
  ...rename,
  ...account,
  ...authorizationDetails,
  ...instanceProfile,
  ...signIn,
} satisfies Handlers<Operations, keyof Operations, Call>

export const iamService: Service = { name: 'iam', global: true, handlers }
