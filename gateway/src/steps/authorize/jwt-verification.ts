// A token whose signature and issuer are right: verified now, or remembered from a request before. HTTP 11.2.
import { verify, type KeyObject } from 'node:crypto'
import type { Issuers, VerifiedToken } from './issuers.ts'
import { audiencesOf, checkIssuer, claimTexts, scopesOf, timesOf } from './jwt-claims.ts'
import type { IssuerKeys, KeySet } from './jwt-keys.ts'
import { claimsOf, parseToken, supportedAlgorithms, TokenFault, type ParsedToken } from './jwt-token.ts'

/**
 * The token, once its signature and issuer are found right; checks by time, audience and scope are the caller's. `parsed`: the
 * token taken apart, where that is done already. Throws, or rejects with, TokenFault.
 */
export function verifiedToken(
  token: string,
  keys: IssuerKeys,
  { verified }: Issuers,
  parsed?: ParsedToken,
): VerifiedToken | Promise<VerifiedToken> {
  const keySet = keys.current()
  const known = verified.get(token)
  // Keys that were fetched anew may lack the one that signed: then the token is verified again.
  if (known !== undefined && known.issuer === keys && known.keySet === keySet) return known
  const apart = parsed ?? parseToken(token)
  const verifyNow = (keySet: KeySet, key: KeyObject | undefined): VerifiedToken => {
    const found = verifyToken(apart, { keys, keySet, key })
    verified.set(token, found)
    return found
  }
  const key = keySet?.find(apart.keyId, apart.algorithm)
  if (keySet !== undefined && key !== undefined) return verifyNow(keySet, key)
  return keys.renewed().then((renewed) => verifyNow(renewed, renewed.find(apart.keyId, apart.algorithm)))
}

/** Checks signature and issuer, and reads what later checks need. Throws TokenFault. */
function verifyToken(
  parsed: ParsedToken,
  { keys, keySet, key }: { readonly keys: IssuerKeys; readonly keySet: KeySet; readonly key: KeyObject | undefined },
): VerifiedToken {
  const { algorithm, signed, signature, claims } = parsed
  const digest = supportedAlgorithms.get(algorithm)
  if (key === undefined || !verify(digest, Buffer.from(signed, 'latin1'), key, signature))
    throw new TokenFault('signature mismatch')
  checkIssuer(claims, keys.issuer)
  return new RightToken(parsed, keys, keySet)
}

class RightToken implements VerifiedToken {
  readonly expiresAtMs: number
  readonly validFromMs: number
  readonly issuer: IssuerKeys
  readonly keySet: KeySet
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  private readonly signed: string
  private values: VerifiedToken['claims'] | undefined
  private texts: VerifiedToken['claimTexts'] | undefined

  constructor({ claims, signed }: ParsedToken, issuer: IssuerKeys, keySet: KeySet) {
    const { expiresAtMs, validFromMs } = timesOf(claims)
    this.expiresAtMs = expiresAtMs
    this.validFromMs = validFromMs
    this.issuer = issuer
    this.keySet = keySet
    this.scopes = scopesOf(claims)
    this.audiences = audiencesOf(claims)
    this.signed = signed
    this.values = undefined
    this.texts = undefined
  }

  get claims(): VerifiedToken['claims'] {
    return (this.values ??= claimsOf(this.signed))
  }

  get claimTexts(): VerifiedToken['claimTexts'] {
    return (this.texts ??= claimTexts(this.claims))
  }
}
