// Reads what STS needs from the token of an identity provider: condition keys, audience, and what it passes to the session.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
import { InvalidIdentityTokenException } from '@sluice/aws-protocol/sts'
import type { WebIdentity } from '../../nouns/session.ts'
import type { TokenClaims } from '../../ports/web-tokens.ts'
import type { PassedTags } from './session-tags.ts'

/** A claim whose value is a text. */
export function textClaim(claims: TokenClaims, name: string): string | undefined {
  const value = own(claims, name)
  return typeof value === 'string' ? value : undefined
}

/** The audience of a token: `azp` if it has one, as AWS reads it, else `aud`. */
export function audienceOf(claims: TokenClaims): readonly string[] {
  const authorizedParty = textClaim(claims, 'azp')
  return authorizedParty === undefined ? textsOf(own(claims, 'aud')) : [authorizedParty]
}

/**
 * `HOST:aud`, `HOST:sub`, `HOST:amr` and `HOST:oaud`, in lower case; `host` is the issuer without its scheme. Throws
 * InvalidIdentityToken for claims of more than a thousand characters.
 */
export function identityKeys(host: string, claims: TokenClaims): WebIdentity['keys'] {
  const audience = audienceOf(claims)
  const keys: [string, string | readonly string[]][] = [['aud', audience.length === 1 ? (audience[0] ?? '') : audience]]
  const subject = textClaim(claims, 'sub')
  if (subject !== undefined) keys.push(['sub', subject])
  if (textClaim(claims, 'azp') !== undefined) keys.push(['oaud', textsOf(own(claims, 'aud'))])
  const methods = textsOf(own(claims, 'amr'))
  if (methods.length > 0) keys.push(['amr', methods])
  // The keys become a part of the session's token, so their length is limited.
  for (const [name, value] of keys) if (JSON.stringify(value).length > mostKeyCharacters) throw unusable(name)
  return Object.fromEntries(keys.map(([name, value]) => [`${host.toLowerCase()}:${name}`, value]))
}

const mostKeyCharacters = 1_024

/** The tags and the source identity that a provider passes to the session. */
export interface PassedByToken {
  readonly tags: PassedTags
  readonly sourceIdentity: string | undefined
}

const tagsClaim = 'https://aws.amazon.com/tags'
const sourceIdentityClaim = 'https://aws.amazon.com/source_identity'

/** Reads them from the token's claims. Throws InvalidIdentityToken for what AssumeRole would refuse too. */
export function passedByToken(claims: TokenClaims): PassedByToken {
  const { principal_tags: tags, transitive_tag_keys: transitive } = objectOf(own(claims, tagsClaim))
  const Tags = Object.entries(objectOf(tags)).map(([Key, value]) => ({ Key, Value: textsOf(value)[0] ?? '' }))
  const areTags = Tags.every(({ Key, Value }) => Key !== '' && Key.length <= 128 && Value.length <= 256)
  if (!areTags || Tags.length > 50) throw unusable(tagsClaim)
  const sourceIdentity = textClaim(claims, sourceIdentityClaim)
  if (sourceIdentity !== undefined && !/^[\w+=,.@-]{2,64}$/.test(sourceIdentity)) throw unusable(sourceIdentityClaim)
  return { tags: { Tags, TransitiveTagKeys: textsOf(transitive) }, sourceIdentity }
}

function unusable(claim: string): InvalidIdentityTokenException {
  return new InvalidIdentityTokenException(`The claim ${claim} of the token cannot be passed to a session.`)
}

function objectOf(value: unknown): { readonly [name: string]: unknown } & {
  readonly principal_tags?: unknown
  readonly transitive_tag_keys?: unknown
} {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((each) => typeof each === 'string')
}

function own(claims: TokenClaims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}
