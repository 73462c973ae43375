// Who makes a control-plane call: in `dev` whoever says so, in `serve` whoever signed with a known key.
import { ServiceFault } from '@sluice/aws-protocol'
import {
  describeFailure,
  parseCredentialScope,
  SignatureFault,
  verify,
  type CredentialScope,
  type SignableRequest,
} from '@sluice/sigv4'
import type { Scope } from '../nouns/records.ts'
import type { KnownPrincipal, Principals } from '../ports/principals.ts'
import type { Principal } from './call.ts'

/** An identified caller, with the account and region that the call concerns. */
export interface Identified {
  readonly principal: Principal
  readonly scope: Scope
  /** Whose policies decide what it may do; undefined where nobody is asked for a permission. */
  readonly known?: KnownPrincipal | undefined
}

/** Whom a call is from. Throws ServiceFault in AWS's words. */
export interface Identify {
  (
    request: SignableRequest,
    service: { readonly signingName: string; readonly isQuery: boolean },
    nowMs: number,
  ): Promise<Identified>
}

/** The credential scope of a signed request; undefined when it is unsigned or cannot be read. */
export function scopeOf(request: SignableRequest): CredentialScope | undefined {
  try {
    return parseCredentialScope(request)
  } catch {
    return undefined
  }
}

/** `dev`: any credentials are the root of an account, which an access key id of twelve digits names. */
export function trusting(defaults: Scope): Identify {
  return async (request) => {
    const signed = scopeOf(request)
    const accessKeyId = signed?.accessKeyId ?? 'anonymous'
    const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaults.account
    const region = signed?.region ?? defaults.region
    return {
      principal: rootOf(account, accessKeyId),
      scope: { account, region: region === '' ? defaults.region : region },
    }
  }
}

/** `serve`: the signature must be right, and its key known and active. */
export function verifying(principals: Principals): Identify {
  return async (request, { signingName, isQuery }, nowMs) => {
    try {
      const verified = await verify(request, {
        now: nowMs,
        service: signingName,
        // Lambda and the like sign whole bodies; only S3 leaves them out.
        secretFor: async (accessKeyId, sessionToken) => {
          const known = await principals.find(accessKeyId, sessionToken)
          const secretAccessKey = known?.secretAccessKey
          return known === undefined || secretAccessKey === undefined ? undefined : { ...known, secretAccessKey }
        },
      })
      const { principal, policies } = verified.key
      const { account, arn, userId } = principal
      const { accessKeyId, region } = verified.scope
      return {
        principal: { account, arn, userId, accessKeyId, policies },
        scope: { account, region },
        known: verified.key,
      }
    } catch (error) {
      if (!(error instanceof SignatureFault)) throw error
      const { status, code, message } = describeFailure(error.failure, { dialect: isQuery ? 'query' : 'json' })
      throw new ServiceFault(code, status, message, { cause: error })
    }
  }
}

function rootOf(account: string, accessKeyId: string): Principal {
  return { account, arn: `arn:aws:iam::${account}:root`, userId: account, accessKeyId }
}
