// The reasons for refusing a signature, each with all that AWS's sentence about it needs.
import type { CredentialScope } from './request.ts'

/** What an `Authorization` header, or the query of a presigned URL, must name. */
export type Component = 'Algorithm' | 'Credential' | 'Signature' | 'SignedHeaders' | 'Date'

/** The reason and the facts of a refusal. Times are AWS's timestamps (`20250115T120000Z`). */
export type SignatureFailure =
  /** Neither an `Authorization` header nor a presigned query. */
  | { readonly reason: 'missing' }
  /** Some components are not there, or not exactly once. */
  | {
      readonly reason: 'incomplete'
      readonly form: SignatureForm
      readonly lacks: readonly Component[]
      readonly authorization: string
    }
  /** A part of the `Authorization` header is no `key=value`. */
  | { readonly reason: 'malformed-pair'; readonly pair: string; readonly authorization: string }
  /** `AWS4-` something else, SigV4a for one. */
  | { readonly reason: 'unsupported-algorithm'; readonly algorithm: string }
  /** Signed twice, in the header and in the query. */
  | { readonly reason: 'ambiguous' }
  /** The credential has not five parts. */
  | { readonly reason: 'malformed-scope'; readonly credential: string }
  /** The credential is scoped to something else; `expectedService` only where a service was asked for. */
  | {
      readonly reason: 'wrong-scope'
      readonly wrong: readonly ('service' | 'region' | 'terminator')[]
      readonly scope: CredentialScope
      readonly terminator: string
      readonly expectedService: string | undefined
    }
  | { readonly reason: 'malformed-date'; readonly date: string }
  /** The day of the scope is not the day of the timestamp. */
  | { readonly reason: 'wrong-date'; readonly scopeDate: string; readonly timestamp: string }
  /** `X-Amz-Expires` is no whole number between 1 and 604800. */
  | { readonly reason: 'malformed-expiry'; readonly expires: string }
  /** A header that must be signed is not. */
  | { readonly reason: 'unsigned-header'; readonly header: 'host' | 'x-amz-date' }
  /** Too old. */
  | ({ readonly reason: 'expired' } & ClockFacts)
  /** From the future. */
  | ({ readonly reason: 'skew' } & ClockFacts)
  | { readonly reason: 'unknown-key'; readonly accessKeyId: string }
  /** The session token is missing, superfluous or another one. */
  | { readonly reason: 'bad-token'; readonly accessKeyId: string }
  /** The session is over. */
  | { readonly reason: 'expired-token'; readonly accessKeyId: string }
  | { readonly reason: 'bad-signature'; readonly canonicalRequest: string; readonly stringToSign: string }
  /** Rightly signed, but the body is not the one whose hash was signed. */
  | { readonly reason: 'payload-mismatch'; readonly declared: string; readonly computed: string }
  /** The body is not at hand, and no hash is declared for it. */
  | { readonly reason: 'undeclared-payload' }
  /** A chunk (counted from 0) or the trailer of an `aws-chunked` body is signed wrongly. */
  | { readonly reason: 'bad-chunk-signature'; readonly chunk: number | 'trailer'; readonly stringToSign: string }
  /** The framing of an `aws-chunked` body is broken at this byte. */
  | { readonly reason: 'malformed-chunks'; readonly offsetBytes: number }

/** `limit` is `serverTime` moved by the tolerance: the border that `timestamp` is beyond. */
export interface ClockFacts {
  readonly timestamp: string
  readonly serverTime: string
  readonly limit: string
  readonly toleranceSeconds: number
}

/** The place of the signature in the request. */
export type SignatureForm = 'header' | 'query'

/** Thrown when a request is not, or not rightly, signed. What to tell the caller: `describeFailure`. */
export class SignatureFault extends Error {
  override readonly name: string = 'SignatureFault'
  readonly failure: SignatureFailure

  constructor(failure: SignatureFailure) {
    super(`signature refused: ${failure.reason}`)
    this.failure = failure
  }
}
