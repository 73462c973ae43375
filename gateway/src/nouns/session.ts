// Temporary credentials: a session that its token carries, sealed, so that every node knows it without having stored it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'

/** Whose session it is: a role's, a user's, or the account's root's (without name and id). */
export interface SessionOwner {
  readonly kind: 'Role' | 'User' | 'Account'
  readonly name: string
  /** `AROA…` or `AIDA…`: a role that was made anew under the same name is another one. */
  readonly id: string
}

/** The operation of STS that a session is from: what the session may do in turn depends on it. */
export type SessionOrigin = 'AssumeRole' | 'AssumeRoleWithWebIdentity' | 'GetSessionToken' | 'GetFederationToken'

/** A session by the token of an identity provider. */
export interface WebIdentity {
  /** The ARN of the account's OIDC provider, or the name of one that every account has: `cognito-identity.amazonaws.com`. */
  readonly provider: string
  /** Condition keys of the provider, in lower case: `idp.example.com:sub` → value. */
  readonly keys: Readonly<Record<string, string | readonly string[]>>
}

export interface Session {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly account: string
  readonly owner: SessionOwner
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, `…:federated-user/NAME`, or the user's or root's own. */
  readonly arn: string
  /** `AROA…:SESSION`, `AIDA…`, `ACCOUNT:NAME`, or the account. */
  readonly userId: string
  readonly expiresAtMs: number
  /** Absent in sessions that the gateway made for its own use. */
  readonly issuedAtMs?: number | undefined
  readonly origin?: SessionOrigin | undefined
  /** The policy that was passed, as JSON text. */
  readonly policy?: string | undefined
  /** The managed policies that were passed. */
  readonly policyArns?: readonly string[] | undefined
  /** Session tags, those of the session before included. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** The keys of the tags that the next session has as well. */
  readonly transitiveTagKeys?: readonly string[] | undefined
  readonly sourceIdentity?: string | undefined
  readonly webIdentity?: WebIdentity | undefined
}

/** Where a store keeps the secret (hex) that tokens are sealed with: a claim, because it belongs to no account. */
export const sessionSecret = { space: 'session-secret', name: 'current' } as const

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
/** Characters. Our own tokens are never longer, so a longer one is not opened. */
const longestToken = 6_144
const longestSessionBytes = 65_536

/** A new secret, as hex. */
export function newSessionSecret(): string {
  return randomBytes(32).toString('hex')
}

/** The session's token. */
export function sealSession(secret: string, session: Session): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, Buffer.from(secret, 'hex'), iv)
  const sealed = Buffer.concat([cipher.update(deflateSync(JSON.stringify(session))), cipher.final()])
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
    return JSON.parse(inflateSync(opened, { maxOutputLength: longestSessionBytes }).toString()) as Session
  } catch {
    return undefined
  }
}
