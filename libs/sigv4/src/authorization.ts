// Reads the `Authorization` header of a signed request. All but its signature stays the same all day, so a text that was
// once rightly signed is recognised and not read again.
import { algorithm, scopeText } from './canonical.ts'
import { SignatureFault } from './fault.ts'
import { signedNames, type SignedNames } from './headers.ts'
import type { CredentialScope } from './request.ts'

/** The claims of a signature: the key, its scope, and the headers that were signed. */
export interface Claims {
  /** The credential as sent: `scope` with its terminator. */
  readonly credential: string
  readonly scope: CredentialScope
  /** The scope without the key, with the terminator that it should have. */
  readonly scopeText: string
  readonly terminator: string
  readonly names: SignedNames
}

/** A header that is complete. */
export interface Authorization {
  readonly claims: Claims
  readonly signature: string
}

/** The components of a header; undefined or empty where they are missing. */
export interface Components {
  readonly Credential: string | undefined
  readonly Signature: string | undefined
  readonly SignedHeaders: string | undefined
}

const opening = `${algorithm} Credential=`

/** The components as nearly all clients write them, in AWS's order: found without taking everything apart. */
function readUsualComponents(authorization: string): Components | undefined {
  if (!authorization.startsWith(opening)) return undefined
  const scopeEnd = authorization.indexOf(',', opening.length)
  const names = startOf('SignedHeaders=', authorization, scopeEnd)
  const namesEnd = names < 0 ? -1 : authorization.indexOf(',', names)
  const signature = startOf('Signature=', authorization, namesEnd)
  if (signature < 0 || authorization.includes(',', signature)) return undefined
  return {
    Credential: authorization.slice(opening.length, scopeEnd).trimEnd(),
    Signature: authorization.slice(signature).trimEnd(),
    SignedHeaders: authorization.slice(names, namesEnd).trimEnd(),
  }
}

/** The index at which the value of a component begins that follows a comma, with a blank or without; -1 when something else follows. */
function startOf(name: string, authorization: string, comma: number): number {
  if (comma < 0) return -1
  const start = authorization[comma + 1] === ' ' ? comma + 2 : comma + 1
  return authorization.startsWith(name, start) ? start + name.length : -1
}

/**
 * The components after the scheme. One that is named twice counts as missing.
 * @throws SignatureFault malformed-pair, unsupported-algorithm
 */
export function readComponents(authorization: string): Components {
  const usual = readUsualComponents(authorization)
  if (usual !== undefined) return usual
  const space = authorization.indexOf(' ')
  const scheme = space < 0 ? authorization : authorization.slice(0, space)
  if (scheme.startsWith('AWS4-') && scheme !== algorithm) {
    throw new SignatureFault({ reason: 'unsupported-algorithm', algorithm: scheme })
  }
  const pairs = new Map<string, string | undefined>()
  for (const piece of authorization.slice(scheme.length).split(',')) {
    const pair = piece.trim()
    if (pair === '') continue
    const equals = pair.indexOf('=')
    if (equals < 0) throw new SignatureFault({ reason: 'malformed-pair', pair, authorization })
    const name = pair.slice(0, equals)
    pairs.set(name, pairs.has(name) || scheme !== algorithm ? undefined : pair.slice(equals + 1))
  }
  return {
    Credential: pairs.get('Credential'),
    Signature: pairs.get('Signature'),
    SignedHeaders: pairs.get('SignedHeaders'),
  }
}

/**
 * Reads a credential and a list of headers.
 * @throws SignatureFault malformed-scope
 */
export function readClaims(credential: string, signedHeaders: string): Claims {
  const split = splitCredential(credential)
  if (split === undefined) throw new SignatureFault({ reason: 'malformed-scope', credential })
  const { scope, terminator } = split
  return { credential, scope, scopeText: scopeText(scope), terminator, names: signedNames(signedHeaders) }
}

/** The five parts of a credential; undefined for another number of parts, or without a key. */
export function splitCredential(credential: string): Pick<Claims, 'scope' | 'terminator'> | undefined {
  const [accessKeyId, date, region, service, terminator, ...more] = credential.split('/', 6)
  if (!accessKeyId || date === undefined || region === undefined || service === undefined) return undefined
  if (terminator === undefined || more.length > 0) return undefined
  return { scope: { accessKeyId, date, region, service }, terminator }
}

/** The text of a header up to its signature, and what was read of it. */
interface KnownOpening {
  readonly text: string
  readonly claims: Claims
}

/** How many openings are kept for a key: a client signs one or two lists of headers, and several clients may share a key. */
const openingsOfKey = 4
const keptKeys = 1_000
/** The longest text that is kept; usual ones are shorter. */
const keptCharacters = 512

// Only what was rightly signed is kept: texts that anybody makes up leave nothing behind, and push nothing out.
const openings = new Map<string, readonly KnownOpening[]>()

/** Reads a header whose claims are known and behind which there is a signature and nothing else. */
export function knownClaims(authorization: string): Authorization | undefined {
  const known = openings.get(accessKeyIdOf(authorization))
  if (known === undefined) return undefined
  for (const { text, claims } of known) {
    const { length } = text
    // Not `startsWith`, which takes three times as long.
    if (authorization.slice(0, length) !== text) continue
    const signature = authorization.slice(length).trimEnd()
    return signature === '' || signature.includes(',') ? undefined : { claims, signature }
  }
  return undefined
}

/** Remembers the claims of a header whose signature was found right. */
export function rememberClaims(authorization: string, claims: Claims): void {
  const comma = authorization.lastIndexOf(',')
  const signature = startOf('Signature=', authorization, comma)
  if (signature < 0 || signature > keptCharacters || readUsualComponents(authorization) === undefined) return
  const { accessKeyId } = claims.scope
  const known = openings.get(accessKeyId) ?? []
  if (openings.size >= keptKeys && known.length === 0) openings.clear()
  openings.set(accessKeyId, [{ text: authorization.slice(0, signature), claims }, ...known].slice(0, openingsOfKey))
}

function accessKeyIdOf(authorization: string): string {
  return authorization.slice(opening.length, authorization.indexOf('/', opening.length))
}
