// The test calls port: one request against a REST API as it is now, undeployed, with its execution log.
import type { Scope } from '../nouns/records.ts'
import type { HeaderList } from '../nouns/headers.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'

/** Who tests: `$context.identity.*` of the call. */
export interface Tester {
  readonly account: string
  readonly arn: string
  readonly userId: string
  readonly accessKeyId: string
  readonly userAgent: string | undefined
}

export interface TestRequest {
  readonly scope: Scope
  /** The API, frozen for this one call. */
  readonly snapshot: RestSnapshot
  /** Path and query; undefined for the resource's own path template. */
  readonly pathWithQueryString: string | undefined
  readonly headers: HeaderList
  readonly body: string
  readonly stageVariables: Readonly<Record<string, string>> | undefined
  readonly tester: Tester
}

export interface MethodTest extends TestRequest {
  readonly resourceId: string
  /** As configured: a verb or `ANY`. */
  readonly configuredMethod: string
  /** The verb that the request has. */
  readonly httpMethod: string
  /** What is presented to HTTP backends. */
  readonly clientCertificate: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined
}

export interface MethodTestResult {
  /** 0 when a streaming integration sent no headers in time. */
  readonly status: number
  readonly headers: HeaderList
  readonly body: string
  readonly log: string
  readonly latencyMs: number
}

export interface AuthorizerTest extends TestRequest {
  readonly authorizerId: string
  /** Context variables that stand in for what the made-up request says of itself (`nouns/test-context.ts`). */
  readonly additionalContext: Readonly<Record<string, string>> | undefined
}

export interface AuthorizerTestResult {
  /** 0: it answered with a policy, or the token is good; 401: no identity, or refused; 500: it failed. */
  readonly status: number
  readonly log: string
  readonly latencyMs: number
  readonly principalId: string | undefined
  /** JSON text. */
  readonly policy: string | undefined
  readonly claims: Readonly<Record<string, string>> | undefined
}

export interface TestCalls {
  /** Runs the method's steps behind authorization, keys, throttles and caches. Never rejects for what the API does. */
  method(test: MethodTest): Promise<MethodTestResult>
  /** Asks an authorizer once, whatever it said before. Never rejects for what it answers. */
  authorizer(test: AuthorizerTest): Promise<AuthorizerTestResult>
}
