// AWS's words for a refused signature: status, error code and sentence, exactly as its services speak them.
import { hash } from 'node:crypto'
import type { ClockFacts, Component, SignatureFailure } from './fault.ts'

/** An error answer, before a protocol gives it a shape. */
export interface FailureAnswer {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** Options for the answer. */
export interface FailureWords {
  /**
   * `json`: codes of REST and JSON services (`InvalidSignatureException`), API Gateway's own methods among them.
   * `query`: codes of query services such as STS and IAM (`SignatureDoesNotMatch`). `json` when absent.
   */
  readonly dialect?: 'json' | 'query' | undefined
  /** Adds what the server calculated to the sentence about a mismatch: for debugging only. */
  readonly revealCanonical?: boolean | undefined
  /** Prints a hash in place of an unusable `Authorization` header, as newer servers do; true when absent. */
  readonly hashAuthorization?: boolean | undefined
}

/** The kinds of answers: a code in each dialect. */
const codes = {
  missing: ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
  incomplete: ['IncompleteSignatureException', 'IncompleteSignature'],
  unrecognized: ['UnrecognizedClientException', 'InvalidClientTokenId'],
  expiredToken: ['ExpiredTokenException', 'ExpiredTokenException'],
  invalid: ['InvalidSignatureException', 'SignatureDoesNotMatch'],
  incompleteBody: ['IncompleteBody', 'IncompleteBody'],
} as const

type Kind = keyof typeof codes
type Reason = SignatureFailure['reason']
type Failure<R extends Reason> = Extract<SignatureFailure, { readonly reason: R }>
type Row<R extends Reason> = readonly [kind: Kind, say: (failure: Failure<R>, words: FailureWords) => string]

/** Gives the answer that AWS gives for a failure. */
export function describeFailure(failure: SignatureFailure, words: FailureWords = {}): FailureAnswer {
  const [kind, say] = rows[failure.reason] as Row<Reason>
  const isQuery = words.dialect === 'query'
  return { status: statusOf(kind, isQuery), code: codes[kind][isQuery ? 1 : 0], message: say(failure, words) }
}

function statusOf(kind: Kind, isQuery: boolean): number {
  return kind === 'incompleteBody' || (kind === 'expiredToken' && isQuery) ? 400 : 403
}

const invalidToken = 'The security token included in the request is invalid.'
const expiredToken = 'The security token included in the request is expired'
const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const twoMechanisms =
  'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified'

const rows: { readonly [R in Reason]: Row<R> } = {
  missing: [
    'missing',
    (_, { dialect }) =>
      dialect === 'query' ? 'Request is missing Authentication Token' : 'Missing Authentication Token',
  ],
  incomplete: ['incomplete', incompleteSentence],
  'malformed-pair': [
    'incomplete',
    ({ pair, authorization }) =>
      `'${pair}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
  ],
  'unsupported-algorithm': ['incomplete', ({ algorithm }) => `Unsupported AWS 'algorithm': '${algorithm}'.`],
  ambiguous: ['incomplete', () => twoMechanisms],
  'malformed-scope': [
    'incomplete',
    ({ credential }) =>
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
  ],
  'malformed-date': [
    'incomplete',
    ({ date }) => `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  ],
  'malformed-expiry': ['incomplete', () => 'X-Amz-Expires must be between 1 and 604800 seconds'],
  'wrong-scope': ['invalid', (failure) => failure.wrong.map((part) => scopeSentences[part](failure)).join('')],
  'wrong-date': [
    'invalid',
    ({ scopeDate, timestamp }) =>
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
  ],
  'unsigned-header': [
    'invalid',
    ({ header }) =>
      `${header === 'host' ? "'Host' or ':authority'" : "'X-Amz-Date'"} must be a 'SignedHeader' in the AWS Authorization.`,
  ],
  expired: [
    'invalid',
    (clock) =>
      `Signature expired: ${clock.timestamp} is now earlier than ${clock.limit} (${clock.serverTime} - ${tolerance(clock)})`,
  ],
  skew: [
    'invalid',
    (clock) =>
      `Signature not yet current: ${clock.timestamp} is still later than ${clock.limit} (${clock.serverTime} + ${tolerance(clock)})`,
  ],
  'unknown-key': ['unrecognized', () => invalidToken],
  'bad-token': ['unrecognized', () => invalidToken],
  'expired-token': ['expiredToken', () => expiredToken],
  'bad-signature': ['invalid', (failure, words) => (words.revealCanonical ? mismatch + calculated(failure) : mismatch)],
  'payload-mismatch': ['invalid', () => mismatch],
  'undeclared-payload': ['invalid', () => 'Missing required header for this request: x-amz-content-sha256'],
  'bad-chunk-signature': ['invalid', () => mismatch],
  'malformed-chunks': ['incompleteBody', () => 'The request body terminated unexpectedly'],
}

/** Each ends with a blank, so that several read as one message. */
const scopeSentences: {
  readonly [part in Failure<'wrong-scope'>['wrong'][number]]: (failure: Failure<'wrong-scope'>) => string
} = {
  service: ({ expectedService }) => `Credential should be scoped to correct service: '${expectedService ?? ''}'. `,
  region: () => 'Credential should be scoped to a valid region. ',
  terminator: ({ terminator }) =>
    `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `,
}

const headerComponents: { readonly [name in Component]?: string } = {
  Credential: "Authorization header requires 'Credential' parameter. ",
  Signature: "Authorization header requires 'Signature' parameter. ",
  SignedHeaders: "Authorization header requires 'SignedHeaders' parameter. ",
  Date: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
}

function incompleteSentence(failure: Failure<'incomplete'>, words: FailureWords): string {
  const { form, lacks, authorization } = failure
  if (form === 'query') {
    const missing = lacks.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'. `).join('')
    return `${missing}Re-examine the query-string parameters.`
  }
  const missing = lacks.map((name) => headerComponents[name] ?? '').join('')
  return words.hashAuthorization === false
    ? `${missing}Authorization=${authorization}`
    : `${missing}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash('sha256', authorization, 'base64')}`
}

function tolerance({ toleranceSeconds }: ClockFacts): string {
  return toleranceSeconds % 60 === 0 ? `${toleranceSeconds / 60} min.` : `${toleranceSeconds} sec.`
}

function calculated({ canonicalRequest, stringToSign }: Failure<'bad-signature'>): string {
  return `\n\nThe Canonical String for this request should have been\n'${canonicalRequest}'\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`
}
