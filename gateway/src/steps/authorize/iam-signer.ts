// Who signed a request to an API: the key's owner, once the signature is found right. S A.
import { parseCredentialScope, SignatureFault, verify, type CredentialScope, type SignableRequest } from '@sluice/sigv4'
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

/** Throws SignatureFault, and tells of it. `region`: the API's, which the signature must be for. */
export async function signerOf(exchange: Received, ports: SignerPorts, region: string): Promise<Signer> {
  try {
    return await verified(exchange, ports, region)
  } catch (error) {
    if (error instanceof SignatureFault) tellRefusedSignature(exchange, error.failure)
    throw error
  }
}

async function verified(exchange: Received, { principals, clock }: SignerPorts, region: string): Promise<Signer> {
  const request = signable(exchange)
  const scope = scopeOf(request)
  const known = scope && (await principals.find(scope.accessKeyId, sessionTokenOf(request)))
  // `dev`: a key that nobody knows cannot be checked, and its clock is not compared either.
  if (scope !== undefined && known !== undefined && known.secretAccessKey === undefined) {
    return { known, accessKeyId: scope.accessKeyId }
  }
  const secretAccessKey = known?.secretAccessKey
  const found = await verify(request, {
    now: clock.now(),
    service,
    regions: [region],
    secretFor: () => (known && secretAccessKey !== undefined ? { ...known, secretAccessKey } : undefined),
  })
  return { known: found.key, accessKeyId: found.scope.accessKeyId }
}

function signable({ sentMethod, method, sentPath, rawPath, rawQuery, headers, body }: Received): SignableRequest {
  return { method: sentMethod ?? method, path: sentPath ?? rawPath, query: rawQuery, rawHeaders: headers, body }
}

/** Undefined when the request is unsigned or its credential cannot be read: `verify` says which. */
function scopeOf(request: SignableRequest): CredentialScope | undefined {
  try {
    return parseCredentialScope(request)
  } catch (error) {
    if (error instanceof SignatureFault) return undefined
    throw error
  }
}

function sessionTokenOf({ rawHeaders, query }: SignableRequest): string | undefined {
  const header = lastHeader(rawHeaders, 'x-amz-security-token')
  if (header !== undefined || !query.includes('X-Amz-Security-Token=')) return header
  return parseQuery(query).find(([name]) => name === 'X-Amz-Security-Token')?.[1]
}
