// Reads a policy document and compiles it, once, for evaluation.
// Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { compileConditions, type Condition, unprefixed } from './conditions.ts'
import { entriesOf, listOf, type Members, textOf, textsOf } from './document.ts'
import { PolicyFault, syntaxErrors } from './fault.ts'
import { compilePattern, matchesAny, type Pattern } from './pattern.ts'
import { compileNotPrincipal, compilePrincipal, type PrincipalMatcher } from './principals.ts'
import type { Context } from './request.ts'

/**
 * The kind of thing a policy is attached to, which decides what it must and must not contain.
 * `identity`: a user, group or role; no principals. `resource`: a resource; with principals.
 * `trust`: a role's trust policy; with principals and without resources.
 * `any`: not checked, and resources need not be ARNs: for policies that are passed at run time.
 */
export type PolicyKind = 'identity' | 'resource' | 'trust' | 'any'

/** Options for reading a policy. */
export interface ParseOptions {
  /** `any` when absent. */
  readonly kind?: PolicyKind | undefined
  /** The most characters the document may have, white space not counted; 131,072 when absent. */
  readonly maxCharacters?: number | undefined
  /** Writes a resource in full before it is used: for services that take a short form. */
  readonly expandResource?: ((resource: string) => string) | undefined
  /** Whether a statement's list of resources may be empty, so that it applies to none; false when absent. */
  readonly mayBeOfNoResource?: boolean | undefined
}

/** Whether a statement applies to an action (in lower case) or a resource. */
export type ElementMatcher = (subject: string, context: Context) => boolean

/** One statement, ready to be evaluated. */
export interface CompiledStatement {
  readonly effect: 'Allow' | 'Deny'
  readonly sid: string | undefined
  /** Its place in the policy, counted from 0. */
  readonly position: number
  /** Undefined when the statement does not speak of principals. */
  readonly principal: PrincipalMatcher | undefined
  readonly action: ElementMatcher
  readonly resource: ElementMatcher
  readonly conditions: readonly Condition[]
}

/** A policy, ready to be evaluated. */
export interface CompiledPolicy {
  readonly version: '2012-10-17' | '2008-10-17'
  readonly statements: readonly CompiledStatement[]
}

const defaultMaxCharacters = 131_072

/** White space included; beyond it a text is not even read. */
const maxTextCharacters = 1_048_576

/**
 * Reads a policy, as JSON text or as the value of such a text.
 * @throws PolicyFault, and nothing else, with IAM's sentence
 */
export function parsePolicy(document: unknown, options: ParseOptions = {}): CompiledPolicy {
  const { kind = 'any', maxCharacters = defaultMaxCharacters } = options
  const members = new Map(entriesOf(typeof document === 'string' ? parseJson(document, kind) : document, '$'))
  for (const name of members.keys()) {
    if (name !== 'Version' && name !== 'Id' && name !== 'Statement') throw new PolicyFault(syntaxErrors, `$.${name}`)
  }
  if (members.has('Id')) textOf(members.get('Id'), '$.Id')
  if (!members.has('Statement')) throw new PolicyFault(syntaxErrors, '$.Statement')
  const version = readVersion(members.get('Version'))
  const statements = listOf(members.get('Statement'), '$.Statement').map((statement, position) =>
    compileStatement(statement, position, { ...options, kind, version }),
  )
  if (kind === 'identity') checkSids(statements)
  // The length is checked last, because only what has the shape of a policy is flat enough to be written as JSON again.
  if (JSON.stringify(Object.fromEntries(members)).length > maxCharacters) throw tooLarge(maxCharacters)
  return { version, statements }
}

function parseJson(text: string, kind: PolicyKind): unknown {
  if (text.length > maxTextCharacters) throw tooLarge(maxTextCharacters)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new PolicyFault(kind === 'trust' ? 'This policy contains invalid Json' : syntaxErrors, '$', { cause })
  }
}

function tooLarge(maxCharacters: number): PolicyFault {
  return new PolicyFault(`Cannot exceed quota for PolicySize: ${maxCharacters}`, '$', { code: 'LimitExceeded' })
}

function readVersion(version: unknown): CompiledPolicy['version'] {
  if (version === undefined) return '2008-10-17'
  if (version === '2012-10-17' || version === '2008-10-17') return version
  throw new PolicyFault('The policy must contain a valid version string', '$.Version')
}

interface StatementOptions extends ParseOptions {
  readonly kind: PolicyKind
  readonly version: CompiledPolicy['version']
}

const statementMembers: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

function compileStatement(value: unknown, position: number, options: StatementOptions): CompiledStatement {
  const path = `$.Statement[${position}]`
  const entries = entriesOf(value, path)
  for (const [name] of entries) {
    if (!statementMembers.has(name)) throw new PolicyFault(syntaxErrors, `${path}.${name}`)
  }
  const members = new Map(entries)
  const effect = members.get('Effect')
  if (effect === undefined) throw new PolicyFault('Missing required field Effect', path)
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyFault(syntaxErrors, `${path}.Effect`)
  const hasVariables = options.version === '2012-10-17'
  const condition = members.get('Condition')
  return {
    effect,
    sid: members.has('Sid') ? textOf(members.get('Sid'), `${path}.Sid`) : undefined,
    position,
    principal: readPrincipal(entries, path, options.kind),
    action: readAction(entries, path, options.kind),
    resource: readResource(entries, path, options),
    conditions: condition === undefined ? [] : compileConditions(condition, `${path}.Condition`, hasVariables),
  }
}

/** One of an element and its negation; undefined when neither is there. */
function pick(entries: Members, name: string, path: string): readonly [name: string, value: unknown] | undefined {
  const [found, another] = entries.filter(([member]) => member === name || member === `Not${name}`)
  if (another !== undefined) throw new PolicyFault(syntaxErrors, `${path}.${another[0]}`)
  return found
}

function readPrincipal(entries: Members, path: string, kind: PolicyKind): PrincipalMatcher | undefined {
  const found = pick(entries, 'Principal', path)
  if (found === undefined) {
    if (kind === 'any' || kind === 'identity') return undefined
    throw new PolicyFault('Missing required field Principal', path)
  }
  const [name, value] = found
  if (kind === 'identity') throw new PolicyFault('Policy document should not specify a principal.', `${path}.${name}`)
  const compile = name === 'Principal' ? compilePrincipal : compileNotPrincipal
  return compile(value, `${path}.${name}`)
}

function readAction(entries: Members, path: string, kind: PolicyKind): ElementMatcher {
  const [name, value] = pick(entries, 'Action', path) ?? ['Action', []]
  if (Array.isArray(value) && value.length === 0) {
    const isTrust = kind === 'trust'
    throw new PolicyFault(isTrust ? 'Missing required field Action' : 'Policy statement must contain actions.', path)
  }
  const patterns = textsOf(value, `${path}.${name}`).map((action) => {
    if (action !== '*' && !/^[^:\s]+:[^:\s]+$/.test(action)) throw new PolicyFault(unprefixed, `${path}.${name}`)
    return compilePattern(action.toLowerCase(), { hasVariables: false, hasWildcards: true })
  })
  return element(patterns, name === 'NotAction')
}

function readResource(entries: Members, path: string, options: StatementOptions): ElementMatcher {
  const { kind, expandResource = (resource: string) => resource } = options
  const found = pick(entries, 'Resource', path)
  if (kind === 'trust') {
    if (found === undefined) return () => true
    throw new PolicyFault(`Has prohibited field ${found[0]}`, `${path}.${found[0]}`)
  }
  const [name, value] = found ?? ['Resource', []]
  if (Array.isArray(value) && value.length === 0) {
    if (found !== undefined && options.mayBeOfNoResource === true) return element([], name === 'NotResource')
    throw new PolicyFault('Policy statement must contain resources.', path)
  }
  const hasVariables = options.version === '2012-10-17'
  const patterns = textsOf(value, `${path}.${name}`).map((short) => {
    const resource = expandResource(short)
    if (kind !== 'any' && resource !== '*' && !resource.startsWith('arn:')) {
      throw new PolicyFault(`Resource ${resource} must be in ARN format or "*".`, `${path}.${name}`)
    }
    return compilePattern(resource, { hasVariables, hasWildcards: true })
  })
  return element(patterns, name === 'NotResource')
}

/**
 * Compiles Action, Resource or its negation. A variable without a value makes the statement apply to nothing, be it an
 * Allow or a Deny, negated or not.
 */
function element(patterns: readonly Pattern[], isNegated: boolean): ElementMatcher {
  const [only, another] = patterns
  if (only !== undefined && another === undefined) return (subject, context) => only(subject, context) === !isNegated
  return (subject, context) => matchesAny(patterns, subject, context) === !isNegated
}

function checkSids(statements: readonly CompiledStatement[]): void {
  const seen = new Set<string>()
  for (const { sid, position } of statements) {
    if (sid === undefined) continue
    const path = `$.Statement[${position}].Sid`
    if (!/^[0-9A-Za-z]*$/.test(sid)) throw new PolicyFault(malformedSid, path)
    if (seen.has(sid)) throw new PolicyFault('Statement IDs (SID) in a single policy must be unique.', path)
    seen.add(sid)
  }
}

const malformedSid =
  'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
