// Identifies the caller of a control-plane call: in `dev` credentials are believed, in `serve` signatures are verified.
import { ServiceFault } from '@sluice/aws-protocol'
import {
  describeFailure,
  parseCredentialScope,
  SignatureFault,
  verify,
  type CredentialScope,
  type SignableRequest,
} from '@sluice/sigv4'
import { lastHeader } from '../nouns/headers.ts'
import type { Scope } from '../nouns/records.ts'
import type { KnownPrincipal, Principals } from '../ports/principals.ts'
import type { Principal } from './call.ts'

/** An identified caller, with the account and region that the call concerns. */
export interface Identified {
  readonly principal: Principal
  readonly scope: Scope
  /** The principal whose policies decide what it may do; undefined when permissions are not checked. */
  readonly known?: KnownPrincipal | undefined
}

/** Identifies the caller of a request. Throws ServiceFault in AWS's words. */
export interface Identify {
  (request: SignableRequest, service: SignedFor, nowMs: number): Promise<Identified>
}

/** The service and region that a signature must be for. */
export interface SignedFor {
  readonly signingName: string
  readonly isQuery: boolean
  /** Undefined for any region. */
  readonly region?: string | undefined
}

/** The credential scope of a signed request; undefined when it is unsigned or cannot be read. */
export function scopeOf(request: SignableRequest): CredentialScope | undefined {
  try {
    return parseCredentialScope(request)
  } catch {
    return undefined
  }
}

/** The caller of an operation that needs no signature. */
export function nobody(region: string): Identified {
  const principal = { account: '', arn: 'anonymous', userId: 'anonymous', accessKeyId: '' }
  return { principal, scope: { account: '', region } }
}

/** The form of the access key ids that IAM and STS make; others cannot be known. */
const madeKeyId = /^A[KS]IA[A-Z2-7]{16}$/

/**
 * Identifies callers in `dev`: any credentials are the root of an account, which an access key id of twelve digits names. A
 * key that was made here stands for its owner, as GetCallerIdentity then shows. No signature is verified, and no permission
 * checked.
 */
export function trusting(defaults: Scope, principals?: Principals): Identify {
  return async (request) => {
    const signed = scopeOf(request)
    const accessKeyId = signed?.accessKeyId ?? 'anonymous'
    const region = signed?.region === undefined || signed.region === '' ? defaults.region : signed.region
    const known = madeKeyId.test(accessKeyId) ? await principals?.find(accessKeyId, sessionTokenOf(request)) : undefined
    if (known?.secretAccessKey !== undefined) {
      return { principal: principalOf(known, accessKeyId), scope: { account: known.principal.account, region } }
    }
    const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaults.account
    return { principal: rootOf(account, accessKeyId), scope: { account, region } }
  }
}

/**
 * Identifies callers in `dev` as APIs with IAM authorization do: signatures with keys that were made here are verified as
 * in `serve`, all others are believed.
 */
export function verifyingKnown(principals: Principals, defaults: Scope): Identify {
  const [trust, verifyIt] = [trusting(defaults), verifying(principals)]
  return async (request, service, nowMs) => {
    const signed = scopeOf(request)
    const known = signed && (await principals.find(signed.accessKeyId, sessionTokenOf(request)))
    const isTrusted = signed === undefined || (known !== undefined && known.secretAccessKey === undefined)
    return isTrusted ? trust(request, service, nowMs) : verifyIt(request, service, nowMs)
  }
}

/** Identifies callers in `serve`: the signature must be right, and its key known and active. */
export function verifying(principals: Principals): Identify {
  return async (request, { signingName, isQuery, region: only }, nowMs) => {
    try {
      const verified = await verify(request, {
        now: nowMs,
        service: signingName,
        ...(only !== undefined && { regions: [only] }),
        skewMs: skewMsOf(signingName),
        // Lambda and the like sign whole bodies; only S3 leaves them out.
        secretFor: async (accessKeyId, sessionToken) => {
          const known = await principals.find(accessKeyId, sessionToken)
          const secretAccessKey = known?.secretAccessKey
          return known === undefined || secretAccessKey === undefined ? undefined : { ...known, secretAccessKey }
        },
      })
      const { accessKeyId, region } = verified.scope
      return {
        principal: principalOf(verified.key, accessKeyId),
        scope: { account: verified.key.principal.account, region },
        known: verified.key,
      }
    } catch (error) {
      if (!(error instanceof SignatureFault)) throw error
      const { status, code, message } = describeFailure(error.failure, { dialect: isQuery ? 'query' : 'json' })
      throw new ServiceFault(code, status, message, { cause: error })
    }
  }
}

/** How far a client's clock may be off: 15 minutes for AWS calls, 5 for calls of APIs. Security A.4. */
function skewMsOf(signingName: string): number {
  return signingName === 'execute-api' ? 300_000 : 900_000
}

function principalOf(known: KnownPrincipal, accessKeyId: string): Principal {
  const { account, arn, userId } = known.principal
  return { account, arn, userId, accessKeyId, known }
}

/** The security token of a call; clients sign theirs in headers. */
function sessionTokenOf({ rawHeaders }: SignableRequest): string | undefined {
  return lastHeader(rawHeaders, 'x-amz-security-token')
}

function rootOf(account: string, accessKeyId: string): Principal {
  return { account, arn: `arn:aws:iam::${account}:root`, userId: account, accessKeyId }
}
