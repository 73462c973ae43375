// The request that policies decide: which caller wants to do what to which resource, and under which circumstances.

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
  /** Condition keys of the caller itself, by lower-case name: its tags, and what its session knows. See `principalKey`. */
  readonly attributes?: ReadonlyMap<string, ContextValue> | undefined
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

/**
 * The value of a condition key that is about the caller: `aws:PrincipalArn`, `aws:PrincipalTag/team`, `aws:username` …
 * Undefined for the others, and for keys that such a caller does not have.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
export function principalKey(principal: Principal, lowerKey: string): ContextValue {
  const { type, arn, account, userId, roleArn, attributes } = principal
  if (!principalTypes.has(type)) return attributes?.get(lowerKey)
  switch (lowerKey) {
    case 'aws:principaltype':
      return type
    case 'aws:principalarn':
      // Of a session it is the role's.
      return type === 'Anonymous' ? undefined : (roleArn ?? arn)
    case 'aws:principalaccount':
      return account
    case 'aws:userid':
      return userId
    case 'aws:username':
      return type === 'User' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined
    default:
      return attributes?.get(lowerKey)
  }
}

/** The values of `aws:PrincipalType`. */
const principalTypes: ReadonlySet<PrincipalType> = new Set<PrincipalType>([
  'Anonymous',
  'Account',
  'User',
  'AssumedRole',
  'FederatedUser',
])
