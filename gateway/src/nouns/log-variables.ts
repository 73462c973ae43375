// Which `$context` variables an access log can name: for each kind of API those of its templates, and those known only once it answered.
import { contextReader } from './context.ts'
import { isHttpContextVariable } from './http-context.ts'
import { socketContextReader } from './socket-context.ts'

const ofIntegration = [
  'integration.error',
  'integration.integrationStatus',
  'integration.latency',
  'integration.requestId',
  'integration.status',
  'integrationErrorMessage',
  'integrationLatency',
] as const

const ofAnswer = [
  ...ofIntegration,
  'awsEndpointRequestId',
  'customDomain.basePathMatched',
  'integrationStatus',
  'protocol',
  'responseLatency',
  'responseLength',
  'status',
] as const

const ofPhases = [
  'authenticate.error',
  'authenticate.latency',
  'authenticate.status',
  'authorize.error',
  'authorize.latency',
  'authorize.status',
  'authorizer.error',
  'authorizer.integrationLatency',
  'authorizer.integrationStatus',
  'authorizer.latency',
  'authorizer.requestId',
  'authorizer.status',
] as const

/** Names of the CDK's common log format. Stages of WebSocket APIs are deployed with it too, where they have no value. */
const ofRequestLine = ['httpMethod', 'protocol', 'resourcePath', 'responseLength'] as const

const ofWebAcl = ['waf.error', 'waf.latency', 'waf.status'] as const

/**
 * What access logs know beside what templates know, without `$context.`. Security F.8; HTTP 18.2; WebSocket 33.1.
 * The writers of logs have a reader for every name, even if it never finds a value.
 */
export const logNames = {
  REST: [
    ...ofAnswer,
    ...ofPhases,
    ...ofWebAcl,
    'cipherSuite',
    'customDomain.routingRuleIdMatched',
    'integration.responseTransferMode',
    'integration.timeToAllHeaders',
    'integration.timeToFirstContent',
    'requestId',
    'tlsVersion',
    'wafResponseCode',
    'webaclArn',
    'xrayTraceId',
  ],
  HTTP: [
    ...ofAnswer,
    'authorizer.error',
    'awsEndpointRequestId2',
    'dataProcessed',
    'error.message',
    'error.messageString',
    'error.responseType',
    'identity.principalOrgId',
    'resourcePath',
  ],
  WEBSOCKET: [...ofIntegration, ...ofPhases, ...ofWebAcl, ...ofRequestLine, 'identity.principalOrgId', 'status'],
} as const

export type LoggedKind = keyof typeof logNames
export type LogName<Kind extends LoggedKind> = (typeof logNames)[Kind][number]

/** What the templates of a REST API set: a member of a group, or of the override itself. */
export interface OverrideName {
  readonly kind: 'requestOverride' | 'responseOverride'
  readonly group: string | undefined
  readonly member: string
}

const overrides: readonly RegExp[] = [
  /^(requestOverride)\.(header|path|querystring)\.(.+)$/,
  /^(responseOverride)\.(?:(header)\.|(?=status$))(.+)$/,
]

/** Of `requestOverride.header.traceparent`, `responseOverride.status`; undefined for any other name. */
export function parseOverride(name: string): OverrideName | undefined {
  for (const pattern of overrides) {
    const [, kind, group, member] = pattern.exec(name) ?? []
    if (member !== undefined) return { kind: kind as OverrideName['kind'], group, member }
  }
  return undefined
}

const ofLogs: Readonly<Record<LoggedKind, ReadonlySet<string>>> = {
  REST: new Set<string>(logNames.REST),
  HTTP: new Set<string>(logNames.HTTP),
  WEBSOCKET: new Set<string>(logNames.WEBSOCKET),
}

const ofTemplates: Readonly<Record<LoggedKind, (name: string) => boolean>> = {
  REST: (name) => contextReader(name) !== undefined || parseOverride(name) !== undefined,
  HTTP: isHttpContextVariable,
  WEBSOCKET: (name) => socketContextReader(name) !== undefined,
}

/** Whether an access log of this kind of API knows a name without `$context.`; names behind `authorizer.` are free. */
export function isLogVariable(kind: LoggedKind, name: string): boolean {
  return ofLogs[kind].has(name) || ofTemplates[kind](name)
}

/** A variable where a format names it. */
export interface NamedVariable {
  /** Where `$context.` begins. */
  readonly start: number
  readonly end: number
  /** Without `$context.`. */
  readonly name: string
  readonly isKnown: boolean
}

const variable = /\$context\.([A-Za-z0-9_.-]+)/g

/** The variables that a format names, in order. A name that nobody knows has all the characters that could belong to it. */
export function variablesIn(format: string, isKnown: (name: string) => boolean): NamedVariable[] {
  return [...format.matchAll(variable)].map(({ 1: text = '', index }) => {
    const found = longestKnown(text, isKnown)
    return { start: index, end: index + '$context.'.length + found.name.length, ...found }
  })
}

/** `$context.status-$context.requestId`: a name may be followed by characters that could belong to it. */
function longestKnown(text: string, isKnown: (name: string) => boolean): Pick<NamedVariable, 'name' | 'isKnown'> {
  const whole = text.replace(/[.-]+$/, '')
  for (let name = whole; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('-'), 0))) {
    if (isKnown(name)) return { name, isKnown: true }
  }
  return { name: whole, isKnown: false }
}
