// A custom domain name compiled: from a request's path and headers to the API and stage that a rule or a mapping names.
import { X509Certificate } from 'node:crypto'
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { CustomDomainMatch } from '../nouns/exchange.ts'
import { headerValues, type HeaderList } from '../nouns/headers.ts'
import type { BasePathMappingRecord, DomainNameRecord, Scope } from '../nouns/records.ts'
import { pemCertificates } from '../nouns/x509.ts'
import { compileDomainPolicy, type DomainPolicy } from './domain-policy.ts'

/** What stands behind a custom domain name, for one path. */
export interface DomainTarget {
  readonly apiId: string
  /** Undefined: the first segment behind the base path names it. */
  readonly stageName: string | undefined
  /** How much of the path is not the API's: `/v1` is 3. */
  readonly strippedLength: number
  readonly match: CustomDomainMatch
}

export interface CustomDomain {
  readonly scope: Scope
  readonly record: DomainNameRecord
  /** Absent on public names. */
  readonly privately?: PrivateAccess | undefined
  /** The certificates that vouch for clients; undefined where mutual TLS is off. */
  readonly truststore: readonly X509Certificate[] | undefined
  /** `path` begins with one slash. Undefined: nothing leads anywhere, which is a 403. */
  readonly target: (path: string, headers: HeaderList) => DomainTarget | undefined
}

/** Who reaches a private name: requests through these endpoints that its policy allows. */
export interface PrivateAccess {
  readonly vpceIds: ReadonlySet<string>
  readonly policy: DomainPolicy
}

/** The records of a domain name. */
export interface DomainRecords {
  readonly scope: Scope
  readonly record: DomainNameRecord
  readonly mappings: readonly BasePathMappingRecord[]
  readonly rules: readonly apigatewayv2.RoutingRule[]
  /** The access associations of a private name. */
  readonly associations?: readonly apigateway.DomainNameAccessAssociation[] | undefined
}

/** Compiles a domain name; which of rules and mappings count is the routing mode's to say. HTTP 35.1. */
export function compileDomain({ scope, record, mappings, rules, associations }: DomainRecords): CustomDomain {
  const privateArn = associations && policyArn(scope, record)
  const byMapping = compileMappings(mappings, privateArn)
  const byRule = compileRules(rules, privateArn)
  const privately = privateArn === undefined ? undefined : compileAccess(record, privateArn, associations)
  const known = { scope, record, privately, truststore: truststoreOf(record) }
  const { routingMode } = record
  if (routingMode === 'ROUTING_RULE_ONLY') return { ...known, target: byRule }
  if (routingMode !== 'ROUTING_RULE_THEN_BASE_PATH_MAPPING' || rules.length === 0) {
    return { ...known, target: byMapping }
  }
  return { ...known, target: (path, headers) => byRule(path, headers) ?? byMapping(path) }
}

/** What policies call a private name. */
function policyArn({ region, account }: Scope, { domainName, domainNameId }: DomainNameRecord): string {
  return `arn:aws:execute-api:${region}:${account}:/domainnames/${domainName}+${domainNameId}`
}

function compileAccess({ policy }: DomainNameRecord, arn: string, associations: DomainRecords['associations'] = []) {
  return {
    vpceIds: new Set(associations.map(({ accessAssociationSource = '' }) => accessAssociationSource)),
    policy: compileDomainPolicy(policy, arn),
  }
}

/** What of the truststore is a certificate: the rest was warned of when it was set. */
function truststoreOf({ mutualTlsAuthentication, truststorePem = '' }: DomainNameRecord): CustomDomain['truststore'] {
  if (mutualTlsAuthentication === undefined) return undefined
  return pemCertificates(truststorePem).flatMap((pem) => {
    try {
      return [new X509Certificate(pem)]
    } catch {
      return []
    }
  })
}

/** The longest mapping whose segments the path begins with, in case too; else the empty one. HTTP 20.2, REST 13.5. */
function compileMappings(
  mappings: readonly BasePathMappingRecord[],
  privateArn: string | undefined,
): (path: string) => DomainTarget | undefined {
  const byKey = new Map(mappings.map((mapping) => [mapping.basePath ?? none, mappingTarget(mapping, privateArn)]))
  const fallback = byKey.get(none)
  byKey.delete(none)
  let depth = 0
  for (const key of byKey.keys()) depth = Math.max(depth, key.split('/').length)
  return (path) => {
    let found = fallback
    let end = 0
    for (let level = 0; level < depth && end < path.length; level++) {
      const slash = path.indexOf('/', end + 1)
      end = slash < 0 ? path.length : slash
      found = byKey.get(path.slice(1, end)) ?? found
    }
    return found
  }
}

/** The empty base path. */
const none = '(none)'

function mappingTarget(
  { basePath = none, restApiId = '', stage = '' }: BasePathMappingRecord,
  privateArn: string | undefined,
): DomainTarget {
  return {
    apiId: restApiId,
    stageName: stage === '' ? undefined : stage,
    strippedLength: basePath === none ? 0 : basePath.length + 1,
    match: { basePath, routingRuleId: undefined, privateArn },
  }
}

type Condition = (path: string, headers: HeaderList) => boolean

/** The first rule, by priority, all of whose conditions hold. HTTP 35.2. */
function compileRules(
  rules: readonly apigatewayv2.RoutingRule[],
  privateArn: string | undefined,
): (path: string, headers: HeaderList) => DomainTarget | undefined {
  const compiled = rules
    .toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
    .map((rule) => ({
      conditions: (rule.Conditions ?? []).map(compileCondition),
      target: ruleTarget(rule, privateArn),
    }))
  return (path, headers) => compiled.find(({ conditions }) => conditions.every((holds) => holds(path, headers)))?.target
}

function compileCondition({ MatchHeaders, MatchBasePaths }: apigatewayv2.RoutingRuleCondition): Condition {
  if (MatchBasePaths !== undefined) {
    const basePaths = MatchBasePaths.AnyOf.map((basePath) => `/${basePath}`)
    return (path) => basePaths.some((basePath) => path === basePath || path.startsWith(`${basePath}/`))
  }
  const matchers = (MatchHeaders?.AnyOf ?? []).map(({ Header, ValueGlob }) => ({
    name: Header.toLowerCase(),
    matches: compileGlob(ValueGlob),
  }))
  return (_, headers) => matchers.some(({ name, matches }) => headerValues(headers, name).some(matches))
}

/** `v2*`, `*v2`, `*v2*` or the whole value; in case. */
function compileGlob(glob: string): (value: string) => boolean {
  const isOpenAtStart = glob.startsWith('*')
  const isOpenAtEnd = glob.length > 1 && glob.endsWith('*')
  const text = glob.slice(isOpenAtStart ? 1 : 0, isOpenAtEnd ? -1 : undefined)
  if (isOpenAtStart && isOpenAtEnd) return (value) => value.includes(text)
  if (isOpenAtStart) return (value) => value.endsWith(text)
  if (isOpenAtEnd) return (value) => value.startsWith(text)
  return (value) => value === text
}

function ruleTarget(
  { Actions = [], Conditions = [], RoutingRuleId }: apigatewayv2.RoutingRule,
  privateArn: string | undefined,
): DomainTarget {
  const { ApiId = '', Stage, StripBasePath } = Actions[0]?.InvokeApi ?? {}
  const basePath = Conditions.flatMap(({ MatchBasePaths }) => MatchBasePaths?.AnyOf ?? [])[0]
  return {
    apiId: ApiId,
    stageName: Stage,
    // Without a condition on the path there is nothing to strip. Open choice; HTTP 35.2.
    strippedLength: StripBasePath === true && basePath !== undefined ? basePath.length + 1 : 0,
    match: { basePath: undefined, routingRuleId: RoutingRuleId, privateArn },
  }
}
