// What is known of a request after each step. A step receives what earlier ones told, and tells more.
import type { CognitoIdentity } from './cognito-identity.ts'
import type { Listener } from './decisions.ts'
import type { ClientCertificate } from './client-certificate.ts'
import type { HeaderList } from './headers.ts'
import type { VpcEndpoint } from './vpc-endpoint.ts'
import type { Work } from './work.ts'

/** A request as it came in, for one stage of one API. */
export interface Received {
  /** A UUID: `$context.requestId`. */
  readonly requestId: string
  /** `$context.extendedRequestId`, the value of `x-amz-apigw-id` (REST) or `apigw-requestid` (HTTP). */
  readonly extendedRequestId: string
  /** Epoch milliseconds on the product's clock. */
  readonly receivedAtMs: number
  readonly method: string
  /** The verb as the client sent and signed it, where `method` is another. */
  readonly sentMethod?: string | undefined
  /** Percent-encoded as sent, without the query; the path-style prefix is replaced by `/{stage}`. */
  readonly rawPath: string
  /** Where the resource path begins in `rawPath`: behind the stage or the base path. */
  readonly resourcePathStart: number
  /** The path as the client sent and signed it, where `rawPath` may differ (path style). */
  readonly sentPath?: string | undefined
  /** Without the `?`. */
  readonly rawQuery: string
  readonly headers: HeaderList
  readonly body: Uint8Array
  readonly sourceIp: string
  /** `HTTP/1.1`, and for HTTP/2, too. */
  readonly protocol: string
  /** Its header names are all in lower case, whatever the client wrote. */
  readonly isHttp2?: boolean | undefined
  readonly scheme: 'http' | 'https'
  /** The port that the client spoke to. */
  readonly port: number
  /** The host name that the client spoke to, without port. */
  readonly domainName: string
  /** What of a custom domain name led here; undefined on the default endpoint. */
  readonly customDomain?: CustomDomainMatch | undefined
  /** What the client showed to a domain name with mutual TLS. */
  readonly clientCertificate?: ClientCertificate | undefined
  /** Undefined where there is no TLS. */
  readonly tls?: NegotiatedTls | undefined
  /** The VPC endpoint through which a private API was reached. */
  readonly vpcEndpoint?: VpcEndpoint | undefined
  readonly listener: Listener | undefined
  /** Kept while somebody records what requests take. */
  readonly work?: Work | undefined
}

/** What client and gateway agreed on. */
export interface NegotiatedTls {
  /** `TLSv1.3` */
  readonly version: string
  /** `TLS_AES_128_GCM_SHA256` */
  readonly cipherSuite: string
}

/** Which of a custom domain name's mappings and routing rules took a request. */
export interface CustomDomainMatch {
  /** The mapping's key, `(none)` for the empty one: `$context.customDomain.basePathMatched`. */
  readonly basePath: string | undefined
  readonly routingRuleId: string | undefined
  /** Of a private domain name, as policies know it: `arn:aws:execute-api:R:ACCOUNT:/domainnames/NAME+ID`. */
  readonly privateArn?: string | undefined
}

/** Bytes, text, chunks already there, or bytes that are still arriving. */
export type AnswerBody = Uint8Array | string | readonly Uint8Array[] | AsyncIterable<Uint8Array>

/** What goes back to the client. `headers` has no `date`, `connection`, or framing header: the server adds those. */
export interface Answer {
  readonly status: number
  readonly headers: string[]
  readonly body: AnswerBody
}

/** Which method or route serves the request. Path parameters are as sent, not decoded. */
export interface Routed<Target> {
  readonly target: Target
  readonly pathParameters: PathParameters
}

/** A target whose requests are counted beside those of all others. */
export interface Counted {
  /** Which of the totals is the target's; -1 before its first request, when whoever records finds it. */
  total: number
}

/** Names and values; `undefined` when the path has none. */
export type PathParameters = Readonly<Record<string, string>> | undefined

/** Who calls, as an authorizer or the signature says. */
export interface Caller {
  readonly principalId?: string | undefined
  /** `$context.authorizer.*`: strings, numbers and booleans. */
  readonly context?: Readonly<Record<string, unknown>> | undefined
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  readonly scopes?: readonly string[] | undefined
  readonly identity?: CallerIdentity | undefined
  /** The API key that a Lambda authorizer names. */
  readonly usageIdentifierKey?: string | undefined
  /** How long the Lambda authorizer took; 0 for a verdict that was remembered. */
  readonly authorizerLatencyMs?: number | undefined
  /** Whether an IAM caller's own policies let it do something else. */
  readonly may?: ((action: string, resource: string) => boolean) | undefined
}

/** The API key that a request showed, once it is known. */
export interface Keyed {
  readonly apiKey: { readonly id: string; readonly value: string }
}

/** An IAM caller, for `$context.identity.*`. */
export interface CallerIdentity {
  readonly accountId: string
  readonly accessKey: string
  readonly caller: string
  readonly user: string
  readonly userArn: string
  /** Of who tests a method; of other callers the request's header says it. */
  readonly userAgent?: string | undefined
  /** Of credentials that an identity pool gave. */
  readonly cognito?: CognitoIdentity | undefined
}

export interface Admitted {
  readonly caller: Caller | undefined
}

export interface Answered {
  readonly answer: Answer
}
