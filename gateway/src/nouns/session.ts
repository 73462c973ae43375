// Temporary credentials: a session that its token carries, sealed, so that every node knows it without having stored it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Whose session it is: a role's, a user's, or the account's root's (without name and id). */
export interface SessionOwner {
  readonly kind: 'Role' | 'User' | 'Account'
  readonly name: string
  /** `AROA…` or `AIDA…`: a role that was made anew under the same name is another one. */
  readonly id: string
}

export interface Session {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly account: string
  readonly owner: SessionOwner
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, or the user's or root's own. */
  readonly arn: string
  /** `AROA…:SESSION`, `AIDA…`, or the account. */
  readonly userId: string
  readonly expiresAtMs: number
}

/** Where a store keeps the secret (hex) that tokens are sealed with: a claim, because it belongs to no account. */
export const sessionSecret = { space: 'session-secret', name: 'current' } as const

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
/** A token longer than ours can be is not worth opening. */
const longestToken = 4_096

/** A new secret, as hex. */
export function newSessionSecret(): string {
  return randomBytes(32).toString('hex')
}

/** The session's token. */
export function sealSession(secret: string, session: Session): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, Buffer.from(secret, 'hex'), iv)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(session)), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')
}

/** The session of a token; undefined when the token is not one of ours. It may be over: see `expiresAtMs`. */
export function openSession(secret: string, token: string): Session | undefined {
  if (token.length > longestToken) return undefined
  const bytes = Buffer.from(token, 'base64')
  if (bytes.length <= ivBytes + tagBytes) return undefined
  const decipher = createDecipheriv(algorithm, Buffer.from(secret, 'hex'), bytes.subarray(0, ivBytes))
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
    return JSON.parse(opened.toString()) as Session
  } catch {
    return undefined
  }
}
