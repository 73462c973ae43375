// Issues the credentials with which a function signs its own AWS calls to this gateway.
import type { Scope } from '../../nouns/records.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { issueSession, roleSession } from './session.ts'

/** A function, as far as its credentials are concerned. */
export interface CredentialSubject {
  readonly scope: Scope
  readonly name: string
  /** The ARN of its execution role. */
  readonly role: string | undefined
}

export interface IssuedCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** Epoch milliseconds at which the function's processes should get new ones. */
  readonly renewAtMs: number
}

export type IssueCredentials = (subject: CredentialSubject) => Promise<IssuedCredentials | undefined>

const lifeMs = 43_200_000

/** In `dev` any key is accepted, and one of twelve digits names the account: the function gets that of its own account. */
export const accountCredentials: IssueCredentials = async ({ scope }) => ({
  accessKeyId: scope.account,
  secretAccessKey: 'sluice',
  sessionToken: 'sluice',
  renewAtMs: Number.POSITIVE_INFINITY,
})

/** In `serve` a function gets a session of its role, renewed at half its life, and nothing when the account has no such role. */
export function roleCredentials(store: Store, clock: Clock): IssueCredentials {
  return async ({ scope: { account }, name, role }) => {
    const roleName = role?.slice(role.lastIndexOf('/') + 1) ?? ''
    const record = await store.read({ account, region: 'global' }).get('Role', [roleName])
    if (record === undefined || record.arn !== role) return undefined
    const nowMs = clock.now()
    const session = { ...roleSession(record, account, name, nowMs + lifeMs), issuedAtMs: nowMs }
    const issued = await issueSession(store, session)
    return {
      accessKeyId: issued.AccessKeyId,
      secretAccessKey: issued.SecretAccessKey,
      sessionToken: issued.SessionToken,
      renewAtMs: nowMs + lifeMs / 2,
    }
  }
}
