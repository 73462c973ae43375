// Makes temporary credentials: for AssumeRole, for GetSessionToken, and for the functions that run here.
import type { Credentials } from '@sluice/aws-protocol/sts'
import type { RoleRecord } from '../../nouns/identity-records.ts'
import { newSessionSecret, sealSession, sessionSecret, type Session } from '../../nouns/session.ts'
import type { Store } from '../../ports/store.ts'
import { newAccessKeyId, newSecretAccessKey } from '../iam/credentials.ts'

/** A session without its keys: whom it is for, when it ends, and what limits and tags it has. */
export type SessionRequest = Omit<Session, 'accessKeyId' | 'secretAccessKey'>

/** New credentials. Not to be called inside a transaction: the first call makes the store's secret in one of its own. */
export async function issueSession(store: Store, request: SessionRequest): Promise<Credentials> {
  const accessKeyId = newAccessKeyId('ASIA')
  const secretAccessKey = newSecretAccessKey()
  const token = sealSession(await secretOf(store), { ...request, accessKeyId, secretAccessKey })
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: token,
    Expiration: Math.floor(request.expiresAtMs / 1000),
  }
}

/** The session of a principal that has assumed a role. */
export function roleSession(
  role: RoleRecord,
  account: string,
  sessionName: string,
  expiresAtMs: number,
): SessionRequest {
  return {
    account,
    owner: { kind: 'Role', name: role.roleName, id: role.roleId },
    arn: `arn:aws:sts::${account}:assumed-role/${role.roleName}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    expiresAtMs,
  }
}

async function secretOf(store: Store): Promise<string> {
  const { space, name } = sessionSecret
  const nowhere = { account: '', region: '' }
  const known = await store.read(nowhere).claimed(space, name)
  if (known !== undefined) return known
  return store.transact(nowhere, async (transaction) => {
    const secret = newSessionSecret()
    if (await transaction.claim(space, name, secret)) return secret
    // Another call has made the secret first: use that one.
    return (await transaction.claimed(space, name)) ?? secret
  })
}
