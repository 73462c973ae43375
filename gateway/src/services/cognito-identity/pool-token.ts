// The tokens that identity pools give, signed by a key in the store, as AWS signs them with its own.
import { createPrivateKey, createPublicKey, generateKeyPair, hash, sign, verify, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { cognitoIdentityHost } from '../../nouns/cognito-identity.ts'
import { identityPoolArn } from '../../nouns/identity-pool.ts'
import { WebTokenFault, type TokenClaims, type WebTokens } from '../../ports/web-tokens.ts'
import type { Store } from '../../ports/store.ts'
import type { FoundPool } from './found.ts'

/** The claim `iss` in tokens of identity pools, AWS's and this gateway's. */
export const poolTokenIssuer = `https://${cognitoIdentityHost}`

/** The place of the private key (PEM) in the store: a claim, because it belongs to no account. */
const tokenKey = { space: 'identity-token-key', name: 'current' } as const
const nowhere = { account: '', region: '' }
const digest = 'RSA-SHA512'

/** An identity of a pool, as a token describes it. */
export interface Subject {
  readonly identityId: string
  /** `amr`: `unauthenticated`, or `authenticated` and the logins behind it. */
  readonly methods: readonly string[]
  /** The tags that a session with this token gets. */
  readonly tags: Readonly<Record<string, string>>
}

/** The claims of a pool's token about a subject. */
export function poolClaimsOf(
  { scope, record: { pool } }: FoundPool,
  { identityId, methods, tags }: Subject,
  { nowMs, seconds }: { readonly nowMs: number; readonly seconds: number },
): TokenClaims {
  const now = Math.floor(nowMs / 1000)
  const principalTags = Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, [value]]))
  return {
    sub: identityId,
    aud: pool.IdentityPoolId,
    amr: methods,
    iss: poolTokenIssuer,
    [`${poolTokenIssuer}/identity-pool-arn`]: identityPoolArn(scope, pool.IdentityPoolId),
    ...(Object.keys(tags).length > 0 && {
      'https://aws.amazon.com/tags': { principal_tags: principalTags, transitive_tag_keys: [] },
    }),
    exp: now + seconds,
    iat: now,
  }
}

/** A token with these claims. Not to be called inside a transaction: the first call makes the key in a transaction of its own. */
export async function signedToken(store: Store, claims: TokenClaims): Promise<string> {
  const key = createPrivateKey(await privateKeyOf(store))
  const signed = `${headerOf(key)}.${base64url(JSON.stringify(claims))}`
  return `${signed}.${sign(digest, Buffer.from(signed), key).toString('base64url')}`
}

/**
 * Accepts the tokens of this gateway's pools besides other web tokens. `elsewhere` is the issuer of identity pools that is
 * used for other tokens.
 */
export function withPoolTokens(webTokens: WebTokens, store: Store, elsewhere: string): WebTokens {
  return {
    read: (token) => webTokens.read(token),
    verify: async (token, issuer) => {
      const own = issuer === poolTokenIssuer ? await ownClaims(store, token) : undefined
      if (own !== undefined) return own
      if (issuer !== poolTokenIssuer || issuer === elsewhere) return webTokens.verify(token, issuer)
      throw notOurs()
    },
  }
}

/** The claims of a token that this gateway has signed; undefined for other issuers' tokens. Rejects with WebTokenFault. */
async function ownClaims(store: Store, token: string): Promise<TokenClaims | undefined> {
  const pem = await store.read(nowhere).claimed(tokenKey.space, tokenKey.name)
  if (pem === undefined) return undefined
  const key = createPrivateKey(pem)
  const [head = '', payload = '', signature = '', more] = token.split('.', 4)
  // All of our tokens have the same header, so a token with another one is not from here.
  if (head !== headerOf(key)) return undefined
  const signed = Buffer.from(`${head}.${payload}`)
  const isOwn = verify(digest, signed, createPublicKey(key), Buffer.from(signature, 'base64url'))
  if (!isOwn || more !== undefined) throw notOurs()
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims
}

function notOurs(): WebTokenFault {
  return new WebTokenFault('invalid', new Error('no pool of this gateway has signed the token'))
}

function headerOf(key: KeyObject): string {
  const kid = hash('sha256', createPublicKey(key).export({ type: 'spki', format: 'der' })).slice(0, 16)
  return base64url(JSON.stringify({ kid, typ: 'JWS', alg: 'RS512' }))
}

async function privateKeyOf(store: Store): Promise<string> {
  const { space, name } = tokenKey
  const known = await store.read(nowhere).claimed(space, name)
  if (known !== undefined) return known
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return store.transact(nowhere, async (transaction) => {
    if (await transaction.claim(space, name, pem)) return pem
    // Another call has made the key first: use that one.
    return (await transaction.claimed(space, name)) ?? pem
  })
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
