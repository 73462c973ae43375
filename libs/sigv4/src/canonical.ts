// Writes the canonical request and the string to sign, which are the same however a request was written.
// Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { hash } from 'node:crypto'
import { percentCanonicalisePath, percentEncodePath, type TextEncoding } from './percent-encoding.ts'
import type { CredentialScope } from './request.ts'

/** The name of the only algorithm there is here. */
export const algorithm = 'AWS4-HMAC-SHA256'

/** The last part of every credential scope. */
export const terminator = 'aws4_request'

/** The six lines of a canonical request, each already canonical. */
export interface CanonicalParts {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: string
  readonly signedHeaders: string
  readonly payloadHash: string
}

/** Puts the lines together. The block of headers ends in a line break of its own. */
export function canonicalRequest(parts: CanonicalParts): string {
  const { method, path, query, headers, signedHeaders, payloadHash } = parts
  return `${method.toUpperCase()}\n${path}\n${query}\n${headers}\n${signedHeaders}\n${payloadHash}`
}

/** `date/region/service/aws4_request`. */
export function scopeText(scope: Omit<CredentialScope, 'accessKeyId'>): string {
  return `${scope.date}/${scope.region}/${scope.service}/${terminator}`
}

/** The scope's text with the key in front, as `Credential` names it. */
export function credentialText(accessKeyId: string, scope: Omit<CredentialScope, 'accessKeyId'>): string {
  return `${accessKeyId}/${scopeText(scope)}`
}

/** The part of a canonical request that is signed: its SHA-256 in lower-case hex. `encoding` says which bytes the text stands for. */
export function canonicalHash(canonical: string, encoding: TextEncoding = 'utf8'): string {
  return hash('sha256', encoding === 'utf8' ? canonical : Buffer.from(canonical, encoding), 'hex')
}

/** The text that the signing key signs. */
export function stringToSign(timestamp: string, scope: string, hashed: string): string {
  return `${algorithm}\n${timestamp}\n${scope}\n${hashed}`
}

/**
 * The canonical path. S3 takes the path as it is, strictly encoded once. Every other service removes dot segments
 * and doubled slashes, and encodes what is on the wire once more, so that `%20` is signed as `%2520`.
 */
export function canonicalPath(path: string, service: string, encoding: TextEncoding = 'utf8'): string {
  if (service === 's3') return percentCanonicalisePath(path === '' ? '/' : path)
  return percentEncodePath(normalisePath(path), encoding)
}

/** Removes empty, `.` and `..` segments; a trailing slash stays, and an empty path is `/`. */
function normalisePath(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path === '' ? '/' : path
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return kept.length === 0 ? '/' : `/${kept.join('/')}${path.endsWith('/') ? '/' : ''}`
}
