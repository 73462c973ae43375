// Lists the ways in which one request can have been signed: clients disagree about a few corners, and none of them is wrong.
import { canonicalPath, canonicalRequest } from './canonical.ts'
import { canonicalHeaders } from './headers.ts'
import { type TextEncoding, percentEncodePath } from './percent-encoding.ts'
import type { PresentedSignature } from './presented.ts'
import { canonicalQuery, type QueryReading } from './query.ts'
import type { SignableRequest } from './request.ts'

/** A canonical request, and the encoding that turns it into the bytes to hash. */
export interface Reading {
  readonly canonical: string
  readonly encoding: TextEncoding
}

/** The canonical request that nearly all signatures are made over; its encoding is UTF-8. */
export function usualReading(request: SignableRequest, presented: PresentedSignature, payloadHash: string): string {
  const { names, scope } = presented.claims
  return canonicalRequest({
    method: request.method,
    path: canonicalPath(request.path, scope.service),
    query: canonicalQuery(request.query, usualQuery),
    headers: canonicalHeaders(request.rawHeaders, names),
    signedHeaders: names.text,
    payloadHash,
  })
}

const usualQuery: QueryReading = { omit: ['X-Amz-Signature'], plusIsSpace: false }

/**
 * Gives the canonical requests that a signature may have been made over, the usual one first. The others exist only
 * for requests that show the corner in question:
 * - a path with dot segments or doubled slashes may have been signed without normalising it;
 * - a plus sign in a query may mean a blank;
 * - a session token may have been added to a presigned query after it was signed;
 * - bytes beyond ASCII may have been read as Latin-1, one character a byte.
 */
export function* readings(
  request: SignableRequest,
  presented: PresentedSignature,
  payloadHash: string,
): Generator<Reading> {
  // The headers are sorted and in lower case, the list is as sent: a client that lists otherwise gets a mismatch.
  const { names, scope } = presented.claims
  const headers = canonicalHeaders(request.rawHeaders, names)
  const signedHeaders = names.text
  for (const encoding of textEncodings(request.path, headers)) {
    for (const path of canonicalPaths(request.path, scope.service, encoding)) {
      for (const query of canonicalQueries(request.query, presented)) {
        const parts = { method: request.method, path, query, headers, signedHeaders, payloadHash }
        yield { canonical: canonicalRequest(parts), encoding }
      }
    }
  }
}

const ascii = /^[\0-\x7f]*$/
const latin1 = /^[\0-\xff]*$/

function textEncodings(path: string, headers: string): readonly TextEncoding[] {
  if (ascii.test(path) && ascii.test(headers)) return ['utf8']
  return latin1.test(path) && latin1.test(headers) ? ['utf8', 'latin1'] : ['utf8']
}

function canonicalPaths(path: string, service: string, encoding: TextEncoding): Iterable<string> {
  const asSent = path === '' ? '/' : path
  const other = service === 's3' ? asSent : percentEncodePath(asSent, encoding)
  return new Set([canonicalPath(path, service, encoding), other])
}

function* canonicalQueries(query: string, presented: PresentedSignature): Generator<string> {
  const omissions: QueryReading['omit'][] = [['X-Amz-Signature']]
  if (presented.form === 'query' && presented.sessionToken !== undefined) {
    omissions.push(['X-Amz-Signature', 'X-Amz-Security-Token'])
  }
  for (const omit of omissions) {
    yield canonicalQuery(query, { omit, plusIsSpace: false })
    if (query.includes('+')) yield canonicalQuery(query, { omit, plusIsSpace: true })
  }
}
