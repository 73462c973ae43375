// What is asked of policies: who wants to do what to which resource, under which circumstances.

/** The kinds of callers. The first five are the values of `aws:PrincipalType`. */
export type PrincipalType =
  | 'Anonymous'
  | 'Account'
  | 'User'
  | 'AssumedRole'
  | 'FederatedUser'
  | 'Service'
  | 'FederatedIdentity'

/** The caller of a request. */
export interface Principal {
  /** `Account` is an account's root user, `FederatedIdentity` a token of an identity provider. */
  readonly type: PrincipalType
  /** The caller's ARN, for an assumed role that of the session; `anonymous` for nobody in particular. */
  readonly arn: string
  /** Twelve digits; absent for anonymous callers and services. */
  readonly account?: string | undefined
  /** The unique id: `AIDA…`, or `AROA…:session`. */
  readonly userId?: string | undefined
  /** The ARN of the assumed role, with its path, which the session's ARN does not show. */
  readonly roleArn?: string | undefined
  /** A service's name (`apigateway.amazonaws.com`), or the provider of a federated identity. */
  readonly provider?: string | undefined
  readonly canonicalUserId?: string | undefined
}

/** The caller without credentials. */
export const anonymous: Principal = { type: 'Anonymous', arn: 'anonymous' }

/** The values of a condition key; undefined or an empty list when the request has none. */
export type ContextValue = string | readonly string[] | undefined

/** Gives the value of a condition key, whose name is given in lower case (`aws:sourceip`). */
export type Context = (lowerKey: string) => ContextValue

/** One request for permission. */
export interface EvaluationRequest {
  readonly principal: Principal
  /** `service:Action`, in any case. */
  readonly action: string
  /** The ARN of the resource. */
  readonly resource: string
  readonly context: Context
}

/** Makes a context of names in any case, and their values. Later values replace earlier ones. */
export function createContext(values: Iterable<readonly [name: string, value: ContextValue]>): Context {
  const byName = new Map<string, ContextValue>()
  for (const [name, value] of values) byName.set(name.toLowerCase(), value)
  return (lowerKey) => byName.get(lowerKey)
}
