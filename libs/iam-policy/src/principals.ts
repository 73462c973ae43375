// Compiles the Principal and NotPrincipal elements: which callers a statement of a resource's policy applies to.
// Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
import { entriesOf, textsOf } from './document.ts'
import { PolicyFault, syntaxErrors } from './fault.ts'
import type { Principal } from './request.ts'

/**
 * How closely a statement names a caller, which decides what its Allow is worth in the caller's own account.
 * `direct`: the caller itself; its boundary and session policy do not limit the Allow.
 * `limited`: the caller's role, or everyone; they do.
 * `account`: the whole account; the caller needs an Allow of its identity policies as well.
 */
export type Naming = 'direct' | 'limited' | 'account'

/** How a statement names a caller, or undefined when it does not. */
export type PrincipalMatcher = (principal: Principal) => Naming | undefined

/**
 * Compiles a Principal element.
 * @throws PolicyFault
 */
export function compilePrincipal(element: unknown, path: string): PrincipalMatcher {
  const names = compileNames(element, path)
  return (principal) => closest(names, principal)
}

/**
 * Compiles a NotPrincipal element. Naming an account spares only its root user: its other callers are not named.
 * @throws PolicyFault
 */
export function compileNotPrincipal(element: unknown, path: string): PrincipalMatcher {
  const names = compileNames(element, path)
  return (principal) => {
    const naming = closest(names, principal)
    return naming === undefined || naming === 'account' ? 'limited' : undefined
  }
}

function closest(names: readonly PrincipalMatcher[], principal: Principal): Naming | undefined {
  let found: Naming | undefined
  for (const name of names) {
    const naming = name(principal)
    if (naming === 'direct') return naming
    if (naming === 'limited' || found === undefined) found = naming ?? found
  }
  return found
}

function compileNames(element: unknown, path: string): readonly PrincipalMatcher[] {
  if (element === '*') return [everyone]
  if (typeof element === 'string') throw new PolicyFault(`Invalid principal in policy: "${element}"`, path)
  const names = entriesOf(element, path).flatMap(([kind, values]) => {
    const compile = kinds.get(kind)
    const kindPath = `${path}.${kind}`
    if (compile === undefined) throw new PolicyFault(`Invalid principal in policy: "${kind}"`, kindPath)
    return textsOf(values, kindPath).map((value) => compile(value, kindPath))
  })
  if (names.length === 0) throw new PolicyFault(syntaxErrors, path)
  return names
}

const kinds: ReadonlyMap<string, (value: string, path: string) => PrincipalMatcher> = new Map([
  ['AWS', compileAws],
  ['Service', provider('Service')],
  ['Federated', provider('FederatedIdentity')],
  ['CanonicalUser', (id) => (principal) => (principal.canonicalUserId === id ? 'direct' : undefined)],
])

// AWS: `"Principal": "*"` and `{"AWS": "*"}` are the same, and reach callers without credentials too.
function everyone({ type }: Principal): Naming {
  return type === 'Anonymous' || type === 'Service' || type === 'FederatedIdentity' ? 'direct' : 'limited'
}

function provider(type: 'Service' | 'FederatedIdentity') {
  return (name: string): PrincipalMatcher =>
    (principal) =>
      principal.type === type && (name === '*' || principal.provider === name) ? 'direct' : undefined
}

function compileAws(value: string, path: string): PrincipalMatcher {
  if (value === '*') return everyone
  const account = /^(?:(\d{12})|arn:[\w-]+:iam::(\d{12}):root)$/.exec(value)
  if (account !== null) return compileAccount(account[1] ?? account[2] ?? '')
  const isId = /^A[A-Z0-9]{15,127}$/.test(value)
  const isArn = /^arn:[\w-]+:(?:iam|sts)::\d{12}:[\w-]+\/[^*?]+$/.test(value)
  if (!isId && !isArn) throw new PolicyFault(`Invalid principal in policy: "AWS":"${value}"`, path)
  return (principal) => {
    if (principal.arn === value || principal.userId === value) return 'direct'
    return isRole(principal, value) ? 'limited' : undefined
  }
}

function compileAccount(account: string): PrincipalMatcher {
  return (principal) => {
    if (principal.account !== account) return undefined
    return principal.type === 'Account' ? 'direct' : 'account'
  }
}

function isRole(principal: Principal, value: string): boolean {
  if (principal.type !== 'AssumedRole') return false
  return value === (principal.roleArn ?? roleArnOf(principal.arn)) || principal.userId?.split(':', 1)[0] === value
}

/** `arn:aws:sts::1:assumed-role/R/S` → `arn:aws:iam::1:role/R`: right for roles without a path. */
function roleArnOf(sessionArn: string): string | undefined {
  const match = /^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(sessionArn)
  return match === null ? undefined : `${match[1]}:iam::${match[2]}:role/${match[3]}`
}
