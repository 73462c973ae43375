// The roles port: what integrations and authorizers name as credentials, taken on by API Gateway for their calls.
import type { KnownPrincipal } from './principals.ts'

/** A role as an integration or an authorizer names it. */
export interface NamedRole {
  readonly arn: string
  /** Whether it belongs to the API's own account. AWS: API Gateway takes on no role of another one. */
  readonly isOwn: boolean
}

/** What AWS calls the sessions that API Gateway has of roles. REST 3.3. */
export const roleSessionName = 'BackplaneAssumeRoleSession'

/** Whom a call goes to: a session of this gateway's IAM means nothing to AWS itself. */
export type Audience = 'gateway' | 'aws'

/** A role that was taken on. */
export interface RoleSession {
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string
  }
  /** Epoch milliseconds. */
  readonly expiresAtMs: number
  /** The session with its role's policies, as this gateway's IAM has them; undefined when AWS has the role. */
  readonly known: KnownPrincipal | undefined
}

/** The role cannot be taken on: there is none, or it does not trust API Gateway. */
export class RoleFault extends Error {
  constructor(arn: string, cause?: unknown) {
    // AWS: the sentence of a REST API's execution log — as users of AWS report it
    super(
      `API Gateway does not have permission to assume the provided role ${arn}`,
      cause === undefined ? undefined : { cause },
    )
    this.name = 'RoleFault'
  }
}

export interface Roles {
  /**
   * The role's session; a promise only when it has to be made. Undefined where nobody here knows the role and that is
   * allowed (`dev`): then the credentials of the process serve instead. Throws, or rejects with, RoleFault.
   */
  assume(role: NamedRole, audience: Audience): RoleSession | undefined | Promise<RoleSession | undefined>
}
