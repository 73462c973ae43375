// The web tokens port: tokens of OIDC identity providers, taken apart and verified by their issuers' keys.

/** What a token says of its subject. */
export type TokenClaims = Readonly<Record<string, unknown>>

/** `unreachable`: the issuer's keys could not be asked for. `invalid`: the issuer did not sign the token, or it is malformed. */
export class WebTokenFault extends Error {
  readonly reason: 'unreachable' | 'invalid'

  constructor(reason: WebTokenFault['reason'], cause: Error) {
    super(cause.message, { cause })
    this.name = 'WebTokenFault'
    this.reason = reason
  }
}

export interface WebTokens {
  /** The claims of a token, which nobody has verified; undefined for a text that is no token. */
  read(token: string): TokenClaims | undefined
  /** The claims of a token whose signature is right; times and audience are not looked at. Rejects with WebTokenFault. */
  verify(token: string, issuer: string): Promise<TokenClaims>
}
