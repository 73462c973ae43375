// Who signed a request to an API: the key's owner, once the signature is found right. Security A.
import {
  parseCredentialScope,
  readSignature,
  SignatureFault,
  verifyRead,
  type PresentedSignature,
  type SignableRequest,
  type VerifyRules,
} from '@sluice/sigv4'
import type { Received } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { parseQuery } from '../../nouns/query.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KnownPrincipal, Principals } from '../../ports/principals.ts'
import { tellRefusedSignature } from './telling.ts'

const service = 'execute-api'

/** Whoever signed. */
export interface Signer {
  readonly known: KnownPrincipal
  readonly accessKeyId: string
}

export interface SignerPorts {
  readonly principals: Principals
  readonly clock: Clock
}

/** What becomes of a request once it is known who signed it, or that nobody did. */
export interface SignerEnds<Exchange, Next> {
  readonly use: (signer: Signer, exchange: Exchange) => Next
  /** Throws what a wrong signature is to the client; the listener has been told of it. */
  readonly refuse: (fault: SignatureFault) => never
}

/**
 * Finds out who signed a request, and gives what `use` makes of it: at once where nobody has to be looked up.
 * `region`: the API's, which the signature must be for.
 */
export function whenSigned<Exchange extends Received, Next>(
  { principals, clock, region }: SignerPorts & { readonly region: string },
  { use, refuse }: SignerEnds<Exchange, Next>,
): (exchange: Exchange) => Next | Promise<Next> {
  const regions = [region]
  const check = (exchange: Exchange, look: Look, known: KnownPrincipal | undefined): Signer => {
    try {
      return signerOf(look, known, { now: clock.now(), service, regions })
    } catch (error) {
      if (!(error instanceof SignatureFault)) throw error
      tellRefusedSignature(exchange, error.failure)
      return refuse(error)
    }
  }
  return (exchange) => {
    const look = lookAt(signable(exchange))
    const { accessKeyId } = look
    const finding = accessKeyId === undefined ? undefined : principals.find(accessKeyId, sessionTokenOf(look))
    if (!(finding instanceof Promise)) return use(check(exchange, look, finding), exchange)
    return finding.then((known) => use(check(exchange, look, known), exchange))
  }
}

/** What a request says of its signer. */
interface Look {
  readonly request: SignableRequest
  /** Why it cannot be read, where it cannot. */
  readonly presented: PresentedSignature | SignatureFault
  /** Undefined when the request is unsigned or its credential cannot be read. */
  readonly accessKeyId: string | undefined
}

function lookAt(request: SignableRequest): Look {
  try {
    const presented = readSignature(request)
    return { request, presented, accessKeyId: presented.claims.scope.accessKeyId }
  } catch (error) {
    if (!(error instanceof SignatureFault)) throw error
    return { request, presented: error, accessKeyId: parseCredentialScope(request)?.accessKeyId }
  }
}

/** Throws SignatureFault. */
function signerOf(
  { request, presented, accessKeyId = '' }: Look,
  known: KnownPrincipal | undefined,
  rules: VerifyRules,
): Signer {
  // `dev`: a key that nobody knows cannot be checked, and its clock is not compared either.
  if (known !== undefined && !hasSecret(known)) return { known, accessKeyId }
  if (presented instanceof SignatureFault) throw presented
  const { key } = verifyRead(request, { presented, key: known }, rules)
  return { known: key, accessKeyId }
}

function hasSecret(known: KnownPrincipal): known is KnownPrincipal & { readonly secretAccessKey: string } {
  return known.secretAccessKey !== undefined
}

function signable({ sentMethod, method, sentPath, rawPath, rawQuery, headers, body }: Received): SignableRequest {
  return { method: sentMethod ?? method, path: sentPath ?? rawPath, query: rawQuery, rawHeaders: headers, body }
}

function sessionTokenOf({ request: { rawHeaders, query }, presented }: Look): string | undefined {
  // A signature that was read from a header says whether there is a token with it: most requests bring none.
  const isInHeaders =
    presented instanceof SignatureFault || presented.form === 'query' || presented.sessionToken !== undefined
  const header = isInHeaders ? lastHeader(rawHeaders, 'x-amz-security-token') : undefined
  if (header !== undefined || !query.includes('X-Amz-Security-Token=')) return header
  return parseQuery(query).find(([name]) => name === 'X-Amz-Security-Token')?.[1]
}
