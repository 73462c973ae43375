// The principals port: who an access key belongs to, and what the policies of its owner say.
import type { Principal } from '@sluice/iam-policy'
import type { Session } from '../nouns/session.ts'

/** The owner of an access key that is known and active. */
export interface KnownPrincipal {
  readonly principal: Principal & { readonly account: string; readonly userId: string }
  /** Undefined where any signature is taken, because nobody knows the key: `dev` alone does that. */
  readonly secretAccessKey: string | undefined
  /** The token that requests with a temporary key must bring. */
  readonly sessionToken?: string | undefined
  /** When the session ends, in epoch milliseconds. */
  readonly expiresAtMs?: number | undefined
  /** The policies of the user or role, as JSON text; an account's root user needs none. */
  readonly policies: readonly string[]
  readonly permissionsBoundary?: string | undefined
  /** The policies that were passed when the session was made, as JSON text; absent: none were, and nothing is limited. */
  readonly sessionPolicies?: readonly string[] | undefined
  /** For temporary keys. */
  readonly session?: Session | undefined
}

export interface Principals {
  /**
   * Undefined when the key is unknown or inactive, or `sessionToken`, what the request brings if its key is temporary,
   * is not its own. In `dev` unknown keys are somebody all the same. A promise only for one that has to be looked up.
   */
  find(accessKeyId: string, sessionToken?: string): KnownPrincipal | Promise<KnownPrincipal | undefined>
}
