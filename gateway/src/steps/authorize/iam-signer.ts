// Who signed a request to an API: the key's owner, once the signature is found right. S A.
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
import { whenKnown } from '../pipeline.ts'
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

/**
 * What `use` makes of whoever signed, at once where nobody has to be looked up. `refuse` throws what a wrong signature is to the
 * client; the listener is told of it. `region`: the API's, which the signature must be for.
 */
export function whenSigned<Next>(
  exchange: Received,
  { principals, clock, region }: SignerPorts & { readonly region: string },
  { use, refuse }: SignerEnds<Next>,
): Next | Promise<Next> {
  const check = (look: Look, known: KnownPrincipal | undefined): Signer => {
    try {
      return signerOf(look, known, { now: clock.now(), service, regions: [region] })
    } catch (error) {
      if (!(error instanceof SignatureFault)) throw error
      tellRefusedSignature(exchange, error.failure)
      return refuse(error)
    }
  }
  const look = lookAt(signable(exchange))
  const { accessKeyId } = look
  if (accessKeyId === undefined) return use(check(look, undefined))
  const finding = principals.find(accessKeyId, sessionTokenOf(look.request))
  return whenKnown(finding, (known) => use(check(look, known)))
}

interface SignerEnds<Next> {
  readonly use: (signer: Signer) => Next
  readonly refuse: (fault: SignatureFault) => never
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
    return { request, presented, accessKeyId: presented.scope.accessKeyId }
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

function sessionTokenOf({ rawHeaders, query }: SignableRequest): string | undefined {
  const header = lastHeader(rawHeaders, 'x-amz-security-token')
  if (header !== undefined || !query.includes('X-Amz-Security-Token=')) return header
  return parseQuery(query).find(([name]) => name === 'X-Amz-Security-Token')?.[1]
}
