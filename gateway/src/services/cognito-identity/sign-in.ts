// Signs callers in to a pool: verifies their logins, and finds, makes, links or merges their identity.
import {
  InvalidParameterException,
  type Credentials,
  type GetCredentialsForIdentityInput,
} from '@sluice/aws-protocol/cognito-identity'
import { cognitoIdentityHost } from '../../nouns/cognito-identity.ts'
import type { TokenClaims } from '../../ports/web-tokens.ts'
import type { Call } from '../call.ts'
import { invalidToken, otherLogins } from './faults.ts'
import { currentIdentity, poolOfIdentity, type FoundPool } from './found.ts'
import { identityOf } from './link.ts'
import { verifiedClaims, verifiedLogins, type VerifiedLogin } from './login.ts'
import type { CognitoIdentityParts } from './parts.ts'
import { poolClaimsOf, poolTokenIssuer, type Subject } from './pool-token.ts'
import { tagsOf } from './principal-tag.ts'
import { chosenRole } from './role-choice.ts'
import { sessionCredentials } from './session.ts'

export interface SignedIn extends Subject {
  readonly logins: readonly VerifiedLogin[]
}

/** The values of `Logins` by provider. */
export type LoginTokens = Readonly<Record<string, string>>

/**
 * The caller's identity. Without an `identityId` one is made when the logins are not known yet. Throws
 * NotAuthorizedException and the like in AWS's words.
 */
export async function signIn(
  parts: CognitoIdentityParts,
  found: FoundPool,
  { identityId, tokens = {} }: { readonly identityId?: string; readonly tokens?: LoginTokens | undefined },
  call: Call,
): Promise<SignedIn> {
  const { pool } = found.record
  const logins = await verifiedLogins(parts, found, tokens, call.nowMs)
  const identity = await parts.store.transact(found.scope, (store) =>
    identityOf(store, { pool, identityId, logins }, call),
  )
  return {
    identityId: identity.identityId,
    methods: methodsOf(logins),
    tags: tagsOf(found.record, logins),
    logins,
  }
}

/** The claim `amr` of the pool's token. */
export function methodsOf(logins: readonly Pick<VerifiedLogin, 'provider' | 'method'>[]): readonly string[] {
  if (logins.length === 0) return ['unauthenticated']
  return ['authenticated', ...logins.flatMap(({ provider, method }) => [provider, method])]
}

/** GetCredentialsForIdentity. Throws NotAuthorizedException, InvalidIdentityPoolConfigurationException and the like. */
export async function credentialsForIdentity(
  parts: CognitoIdentityParts,
  { IdentityId: identityId, Logins: tokens = {}, CustomRoleArn: customRole }: GetCredentialsForIdentityInput,
  call: Call,
): Promise<{ readonly IdentityId: string; readonly Credentials: Credentials }> {
  const found = await poolOfIdentity(parts.store, identityId)
  const isPoolToken = Object.hasOwn(tokens, cognitoIdentityHost)
  const { claims, logins, subject } = isPoolToken
    ? await byPoolToken(parts, found, { identityId, tokens }, call)
    : await byLogins(parts, found, { identityId, tokens }, call)
  const isGuest = !(claims['amr'] as readonly string[]).includes('authenticated')
  const roleArn = chosenRole(found.record, { identityId, isGuest, logins, customRole })
  const given = await sessionCredentials(parts, { roleArn, claims, isGuest }, { ...call, scope: found.scope })
  const { AccessKeyId, SecretAccessKey: SecretKey, SessionToken, Expiration } = given
  return { IdentityId: subject, Credentials: { AccessKeyId, SecretKey, SessionToken, Expiration } }
}

interface Named {
  readonly identityId: string
  readonly tokens: LoginTokens
}

interface Proven {
  readonly subject: string
  readonly claims: TokenClaims
  readonly logins: readonly VerifiedLogin[]
}

async function byLogins(parts: CognitoIdentityParts, found: FoundPool, named: Named, call: Call): Promise<Proven> {
  const signedIn = await signIn(parts, found, named, call)
  const claims = poolClaimsOf(found, signedIn, { nowMs: call.nowMs, seconds: 600 })
  return { subject: signedIn.identityId, claims, logins: signedIn.logins }
}

/** AWS: a token of the pool itself, which the developer's backend got, is passed on to STS. */
async function byPoolToken(
  { webTokens, store }: CognitoIdentityParts,
  { scope, record: { pool } }: FoundPool,
  { identityId, tokens }: Named,
  { nowMs }: Call,
): Promise<Proven> {
  if (Object.keys(tokens).length > 1) throw new InvalidParameterException('Please provide a valid public provider.')
  const token = tokens[cognitoIdentityHost] ?? ''
  const claims = await verifiedClaims(webTokens, { issuer: poolTokenIssuer, token, nowMs })
  if (claims['aud'] !== pool.IdentityPoolId) throw invalidToken('Incorrect token audience.')
  const current = (id: string) => currentIdentity(store.read(scope), pool.IdentityPoolId, id)
  const [mine, theirs] = await Promise.all([current(identityId), current(String(claims['sub']))])
  if (mine.identityId !== theirs.identityId) throw otherLogins()
  return { subject: mine.identityId, claims: { ...claims, sub: mine.identityId }, logins: [] }
}
