// Callers whose credentials are from an identity pool of Cognito: what their sessions tell `$context.identity.cognito*`. Security A.8.
import type { Session } from './session.ts'

/** The provider that trust policies name, and the host of the tokens' issuer. */
export const cognitoIdentityHost = 'cognito-identity.amazonaws.com'

export interface CognitoIdentity {
  /** `us-east-1:UUID`, as the pool's. */
  readonly identityId: string
  readonly identityPoolId: string
  /** The token's `amr`: `authenticated` or `unauthenticated`, and the logins behind it. */
  readonly authenticationMethods: readonly string[]
}

/** Undefined for sessions that are not from an identity pool. */
export function cognitoIdentityOf(session: Session | undefined): CognitoIdentity | undefined {
  if (session?.webIdentity?.provider !== cognitoIdentityHost) return undefined
  const { keys } = session.webIdentity
  const textsOf = (name: string): readonly string[] => [keys[`${cognitoIdentityHost}:${name}`] ?? []].flat()
  const [identityId = ''] = textsOf('sub')
  const [identityPoolId = ''] = textsOf('aud')
  return { identityId, identityPoolId, authenticationMethods: textsOf('amr') }
}

/** Members of `$context.identity` and of events' `requestContext.identity`. */
export type CognitoMember =
  | 'cognitoAuthenticationProvider'
  | 'cognitoAuthenticationType'
  | 'cognitoIdentityId'
  | 'cognitoIdentityPoolId'

/** The value of a member; null for callers that are from no identity pool. */
export function cognitoMember(name: CognitoMember, identity: CognitoIdentity | undefined): string | null {
  return identity === undefined ? null : members[name](identity)
}

const members: { readonly [name in CognitoMember]: (identity: CognitoIdentity) => string | null } = {
  // `cognito-idp.R.amazonaws.com/POOL,cognito-idp.R.amazonaws.com/POOL:CognitoSignIn:SUB`; null for one who did not log in.
  cognitoAuthenticationProvider: ({ authenticationMethods }) => {
    const logins = authenticationMethods.filter((method) => !/^(?:un)?authenticated$/.test(method))
    return logins.length === 0 ? null : logins.join(',')
  },
  cognitoAuthenticationType: ({ authenticationMethods }) =>
    authenticationMethods.includes('authenticated') ? 'authenticated' : 'unauthenticated',
  cognitoIdentityId: ({ identityId }) => identityId,
  cognitoIdentityPoolId: ({ identityPoolId }) => identityPoolId,
}
