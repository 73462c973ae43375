// The STS API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/sts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import { assumeRole } from './assume-role.ts'
import { validationError } from './faults.ts'
import type { StsParts } from './parts.ts'
import { getFederationToken, getSessionToken } from './user-sessions.ts'
import { assumeRoleWithWebIdentity } from './web-identity.ts'

export function createStsService(parts: StsParts): Service {
  const { store } = parts
  const handlers = {
    GetCallerIdentity: (_input, { principal }) => ({
      UserId: principal.userId,
      Account: principal.account,
      Arn: principal.arn,
    }),
    AssumeRole: (input, call) => assumeRole(store, input, call),
    AssumeRoleWithWebIdentity: (input, call) => assumeRoleWithWebIdentity(parts, input, call),
    GetSessionToken: (input, call) => getSessionToken(store, input, call),
    GetFederationToken: (input, call) => getFederationToken(store, input, call),
    GetAccessKeyInfo: async ({ AccessKeyId }) => ({ Account: await accountOf(store, AccessKeyId) }),
  } satisfies Handlers<Operations, keyof Operations, Call>
  // Sessions are not stored, so no operation needs a transaction.
  return { name: 'sts', global: true, handlers, unlocked: new Set(['AssumeRole', 'AssumeRoleWithWebIdentity']) }
}

/** The account of a user's key. That of a session's key stands in its token alone, which the call does not bring. */
async function accountOf(store: Store, accessKeyId: string): Promise<string> {
  const account = await store.read({ account: '', region: '' }).claimed('access-key', accessKeyId)
  if (account === undefined) throw validationError(`Invalid Access Key ID: ${accessKeyId}`)
  return account
}
