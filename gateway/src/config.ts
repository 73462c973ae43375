// The only reader of flags and environment variables; what comes out, with the config file's, is one frozen Config.
import { closeSync, openSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Credentials } from '@sluice/sigv4'
import { parseBackends, type Backends } from './nouns/backends.ts'
import type { AdjustableLimits } from './nouns/limits.ts'
import { parseVpcListener, type VpcListener } from './nouns/vpc-endpoint.ts'
import { logLevels, type LogLevel } from './log.ts'
import { parseRange, type TrustedRange } from './server/client-address.ts'
import { commandHelp, isCommand, type CommandName } from './command-help.ts'
import { fileOptions } from './config-file.ts'
import { fileProblem } from './nouns/file-problem.ts'
import { nearestWord } from './nouns/nearest-word.ts'
import { options, optionsOfFiles, variableOf, type OptionName } from './options.ts'
import { tracingIn, type TracingConfig } from './tracing-config.ts'
import { UsageError } from './usage-error.ts'

export interface Config {
  readonly command: 'dev' | 'serve'
  /** OpenAPI documents and templates to deploy and watch (`dev`). */
  readonly files: readonly string[]
  readonly port: number
  readonly host: string
  readonly adminPort: number | undefined
  readonly tlsPort: number | undefined
  /** The files of the certificate for hosts that are no custom domain names. */
  readonly tlsFiles: { readonly certificate: string; readonly key: string } | undefined
  /** Scheme and port of the addresses that are handed out, where something stands in front. */
  readonly publicUrl: string | undefined
  readonly bucketsFolder: string | undefined
  readonly dataFolder: string | undefined
  readonly domain: string
  readonly region: string
  readonly account: string
  readonly stage: string
  /** Values of templates' parameters, by name. */
  readonly parameters: ReadonlyMap<string, string>
  readonly lambdaEndpoint: string | undefined
  /** AWS_ACCESS_KEY_ID and its companions: for calls to `lambdaEndpoint` and to services that integrations name. */
  readonly lambdaCredentials: Credentials | undefined
  /** `AWS_ENDPOINT_URL_SQS` and the like, by what follows the prefix: where integrations call services of AWS instead. */
  readonly awsEndpoints: ReadonlyMap<string, string>
  readonly enforceLambdaPermissions: boolean
  /** Whether a JWT authorizer is made only of an issuer that answers. */
  readonly checkIssuers: boolean
  readonly limits: AdjustableLimits
  /** What the bodies of all requests under way may take together. */
  readonly bodyMemoryMegabytes: number
  /** Cognito user pool id → issuer URL. */
  readonly cognitoIssuers: ReadonlyMap<string, string>
  readonly backends: Backends
  readonly trustedProxies: readonly TrustedRange[]
  /** Listeners that stand for VPC endpoints. */
  readonly vpcListeners: readonly VpcListener[]
  /** A file, or `stdout`, for a line of JSON a request; undefined for neither. */
  readonly accessLog: string | undefined
  /** How many requests are kept for `sluice explain`. */
  readonly explain: number
  readonly explainHeader: boolean
  /** Where an X-Ray daemon is spoken for programs of this machine. */
  readonly xrayPort: number | undefined
  readonly tracing: TracingConfig
  readonly logLevel: LogLevel
}

export { UsageError }

export type Parsed =
  | { readonly kind: 'help'; readonly command: CommandName | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly config: Config }

/** Reads a command line (without `node` and the script) and the environment. Throws UsageError. */
export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv): Parsed {
  const { values, positionals } = parse(args)
  const [command, ...files] = positionals
  if (command !== undefined && !isCommand(command)) throw unknownCommand(command)
  if (values['help'] === true) return { kind: 'help', command }
  if (values['version'] === true) return { kind: 'version' }
  if (command === undefined && args.length > 0)
    throw new UsageError('Say what to do with these options: sluice dev, or sluice serve. "sluice --help" tells more.')
  if (command === undefined) return { kind: 'help', command }
  if (command !== 'dev' && command !== 'serve') throw new UsageError(`"${command}" comes first: sluice ${command} ...`)
  const configFile = (values['config'] as string | undefined) ?? fromEnvironment(environment, 'config')
  const file = fileOptions(configFile)
  const given = (name: OptionName): string | undefined =>
    (values[name] as string | undefined) ?? fromEnvironment(environment, name) ?? file.get(name)
  const value = (name: OptionName): string | undefined => given(name) ?? options[name].default
  try {
    if (command === 'serve') refuseFileOptions(given)
    return { kind: 'run', config: Object.freeze(build(command, { files, environment, value })) }
  } catch (error) {
    throw withSource(error, (name) => {
      if (values[name] !== undefined) return undefined
      return fromEnvironment(environment, name) === undefined
        ? `the config file ${configFile}`
        : `the variable ${variableOf(name)}`
    })
  }
}

/** Nothing that is said is left without effect. */
function refuseFileOptions(given: (name: OptionName) => string | undefined): void {
  for (const name of optionsOfFiles)
    if (given(name) !== undefined)
      throw new UsageError(`--${name} is for files: sluice serve takes none, "sluice dev FILE" does.`)
}

/** An empty variable is none: that is how scripts and containers leave one out. */
function fromEnvironment(environment: NodeJS.ProcessEnv, name: OptionName): string | undefined {
  const text = environment[variableOf(name)]
  return text === '' ? undefined : text
}

/** A complaint about an option says where it stands, unless that is the command line. */
function withSource(error: unknown, sourceOf: (name: OptionName) => string | undefined): unknown {
  if (!(error instanceof UsageError)) return error
  const [, name = ''] = /^--([a-z-]+) /.exec(error.message) ?? []
  const source = Object.hasOwn(options, name) ? sourceOf(name as OptionName) : undefined
  return source === undefined ? error : new UsageError(`${error.message} It stands in ${source}.`, { cause: error })
}

function parse(args: readonly string[]): { values: Record<string, unknown>; positionals: string[] } {
  const declared = Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' as const }]))
  let parsed: { values: Record<string, unknown>; positionals: string[] }
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...declared, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
    })
  } catch (error) {
    throw wrongOption(error, [...Object.keys(options), 'help', 'version'], '"sluice --help" lists them.')
  }
  for (const [name, { value }] of Object.entries(options)) {
    if (parsed.values[name] === '')
      throw new UsageError(`--${name} needs a value: --${name} ${value}. "sluice --help" lists them.`)
  }
  return parsed
}

/** Of an option that `parseArgs` refuses: which one, and what was probably meant. */
export function wrongOption(error: unknown, names: readonly string[], hint: string): UsageError {
  const [sentence = ''] = (error as Error).message.split(/\. |\n/)
  const [, lacking] = /^Option '--([\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(sentence) ?? []
  if (lacking !== undefined) return new UsageError(`--${lacking} needs a value. ${hint}`, { cause: error })
  const [, dashes = '', unknown] = /^Unknown option '(-{1,2})([^']*)'/.exec(sentence) ?? []
  if (unknown === undefined) return new UsageError(`${sentence.replace(/\.$/, '')}. ${hint}`, { cause: error })
  const nearest = nearestWord(unknown, names)
  const meant = nearest === undefined ? '' : ` Did you mean --${nearest}?`
  return new UsageError(`There is no option ${dashes}${unknown}.${meant} ${hint}`, { cause: error })
}

/** Of a command that there is none of. */
export function unknownCommand(name: string): UsageError {
  const nearest = nearestWord(name, Object.keys(commandHelp))
  const meant =
    nearest === undefined ? `Use one of ${Object.keys(commandHelp).join(', ')}` : `Did you mean "${nearest}"`
  return new UsageError(
    `There is no command "${name}". ${meant}${nearest === undefined ? ';' : '?'} "sluice --help" tells more.`,
  )
}

interface Given {
  readonly files: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly value: (name: OptionName) => string | undefined
}

function build(command: Config['command'], { files, environment, value }: Given): Config {
  const dataFolder = value('data')
  if (command === 'serve' && dataFolder === undefined) {
    throw new UsageError('sluice serve keeps its state on disk: say where with --data DIR.')
  }
  if (command === 'serve' && files.length > 0) {
    throw new UsageError('sluice serve takes no files: deploy through the AWS API, or use "sluice dev FILE".')
  }
  const publicUrl = endpointOf('public-url', value('public-url'))
  return {
    command,
    files,
    port: portOf('port', value('port') ?? ''),
    host: matching('host', value('host') ?? '', /^\[?[\w.:%-]+\]?$/, 'a host name or an address').replace(/[[\]]/g, ''),
    adminPort: optionalPortOf('admin-port', value('admin-port')),
    ...tlsOf(value),
    publicUrl,
    bucketsFolder: folderOf('buckets', value('buckets')),
    dataFolder,
    domain: matching(
      'domain',
      value('domain') ?? hostOf(publicUrl ?? 'http://localhost'),
      /^(?=.{1,200}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i,
      'a host name such as api.example.com',
    ),
    region: matching('region', value('region') ?? '', /^[a-z]{2}(?:-[a-z]+)+-\d+$/, 'a region such as us-east-1'),
    account: matching('account', value('account') ?? '', /^\d{12}$/, 'twelve digits'),
    stage: matching('stage', value('stage') ?? '', /^[A-Za-z0-9_-]{1,128}$/, '1 to 128 of a-z, A-Z, 0-9, _ and -'),
    parameters: parametersOf(value('parameters')),
    lambdaEndpoint: endpointOf('lambda-endpoint', value('lambda-endpoint')),
    lambdaCredentials: credentialsIn(environment),
    awsEndpoints: awsEndpointsIn(environment),
    cognitoIssuers: cognitoIssuersOf(value('cognito-issuer')),
    backends: backendsOf(value('backends')),
    trustedProxies: listOf(value('trusted-proxies')).map(trustedRangeOf),
    vpcListeners: listOf(value('vpc-endpoints')).map(vpcListenerOf),
    accessLog: accessLogOf(value('access-log')),
    explain: explainOf(value('explain'), command),
    explainHeader: switchOf('explain-header', value('explain-header')) === true,
    xrayPort: optionalPortOf('xray-port', value('xray-port')),
    tracing: tracingIn(environment, switchOf('trace-context', value('trace-context'))),
    limits: {
      integrationTimeoutMs: countOf('max-integration-timeout', value('max-integration-timeout'), 50),
      resourcesPerApi: countOf('max-resources', value('max-resources'), 1),
      stagesPerApi: countOf('max-stages', value('max-stages'), 1),
      routesPerApi: countOf('max-routes', value('max-routes'), 1),
      apisPerRegion: optionalCount('max-apis', value('max-apis')),
      vpcLinksPerRegion: optionalCount('max-vpc-links', value('max-vpc-links')),
      accountRequestsPerSecond: optionalCount('account-rate', value('account-rate')),
      accountBurst: optionalCount('account-burst', value('account-burst')),
      accountConnectionsPerSecond: optionalCount('account-connection-rate', value('account-connection-rate')),
    },
    bodyMemoryMegabytes: countOf('max-body-memory', value('max-body-memory'), 16),
    checkIssuers: switchOf('issuer-check', value('issuer-check')) ?? command === 'serve',
    enforceLambdaPermissions: switchOf('lambda-permissions', value('lambda-permissions')) ?? command === 'serve',
    logLevel: levelOf(value('log-level') ?? ''),
  }
}

function parametersOf(text: string | undefined): ReadonlyMap<string, string> {
  const pairs = (text ?? '').match(/(?:\\.|[^,\\])+/g) ?? []
  return new Map(
    pairs.map((pair): [string, string] => {
      const plain = pair.replace(/\\(.)/g, '$1')
      const [name = ''] = /^[A-Za-z0-9]+(?==)/.exec(plain.trimStart()) ?? []
      if (name === '') throw new UsageError(`--parameters takes NAME=VALUE,NAME=VALUE, not "${pair}".`)
      return [name, plain.trimStart().slice(name.length + 1)]
    }),
  )
}

function portOf(name: OptionName, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`--${name} takes a port from 0 to 65535, not "${text}".`)
  return port
}

function optionalCount(name: OptionName, text: string | undefined): number | undefined {
  return text === undefined ? undefined : countOf(name, text, 1)
}

function countOf(name: OptionName, text: string | undefined, least: number): number {
  const count = Number(text)
  if (!/^\d{1,9}$/.test(text ?? '') || count < least)
    throw new UsageError(`--${name} takes a number from ${least} on, not "${text}".`)
  return count
}

function optionalPortOf(name: OptionName, text: string | undefined): number | undefined {
  return text === undefined ? undefined : portOf(name, text)
}

function folderOf(name: OptionName, folder: string | undefined): string | undefined {
  if (folder === undefined || statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder
  throw new UsageError(`--${name} takes a folder that exists, not "${folder}".`)
}

function hostOf(url: string): string {
  return new URL(url).hostname
}

function tlsOf(value: Given['value']): Pick<Config, 'tlsPort' | 'tlsFiles'> {
  const tlsPort = optionalPortOf('tls-port', value('tls-port'))
  const certificate = value('tls-cert')
  const key = value('tls-key')
  if (certificate === undefined && key === undefined) return { tlsPort, tlsFiles: undefined }
  if (certificate === undefined || key === undefined) {
    throw new UsageError('--tls-cert and --tls-key belong together: name the certificate and its private key.')
  }
  if (tlsPort === undefined) throw new UsageError('--tls-cert needs --tls-port: say where TLS is spoken.')
  return { tlsPort, tlsFiles: { certificate, key } }
}

function matching(name: OptionName, text: string, pattern: RegExp, wanted: string): string {
  if (!pattern.test(text)) throw new UsageError(`--${name} takes ${wanted}, not "${text}".`)
  return text
}

function endpointOf(name: OptionName, text: string | undefined): string | undefined {
  if (text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new UsageError(`--${name} takes a URL such as https://api.example.com, not "${text}".`)
}

function cognitoIssuersOf(text: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    listOf(text).map((pair) => {
      const equals = pair.indexOf('=')
      const [pool, url] = [pair.slice(0, Math.max(equals, 0)), pair.slice(equals + 1)]
      if (
        !/^(?:[\w-]+|cognito-identity\.amazonaws\.com)$/.test(pool) ||
        !/^https?:$/.test(URL.parse(url)?.protocol ?? '')
      ) {
        throw new UsageError(
          `--cognito-issuer takes pairs such as us-east-1_AbCdEf=http://127.0.0.1:9229/us-east-1_AbCdEf, not "${pair}".`,
        )
      }
      return [pool, url]
    }),
  )
}

function backendsOf(text: string | undefined): Backends {
  const backends = parseBackends(listOf(text))
  if (typeof backends !== 'string') return backends
  throw new UsageError(
    `--backends takes pairs such as arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/pets/1/2=http://10.0.0.7:8080, not "${backends}".`,
  )
}

function trustedRangeOf(text: string): TrustedRange {
  const range = parseRange(text)
  if (range !== undefined) return range
  throw new UsageError(`--trusted-proxies takes addresses and ranges such as 10.0.0.0/8, not "${text}".`)
}

function vpcListenerOf(text: string): VpcListener {
  const listener = parseVpcListener(text)
  if (listener !== undefined) return listener
  throw new UsageError(
    `--vpc-endpoints takes endpoints and their addresses such as vpce-0a1b2c3d@vpc-11aa22bb=10.0.0.5:8080, not "${text}".`,
  )
}

/** `a, b` → its parts. */
function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function credentialsIn(environment: NodeJS.ProcessEnv): Credentials | undefined {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID']
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY']
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, sessionToken: environment['AWS_SESSION_TOKEN'] }
}

const awsEndpointPrefix = 'AWS_ENDPOINT_URL_'

function awsEndpointsIn(environment: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const endpoints = new Map<string, string>()
  for (const [name, url] of Object.entries(environment)) {
    if (!name.startsWith(awsEndpointPrefix) || url === undefined || url === '') continue
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      throw new UsageError(`${name} takes a URL such as http://127.0.0.1:9324, not "${url}".`)
    }
    endpoints.set(name.slice(awsEndpointPrefix.length), url)
  }
  // Delivery streams are nobody's integration: who points all of AWS elsewhere means them too.
  const all = environment['AWS_ENDPOINT_URL'] ?? ''
  if (!endpoints.has('FIREHOSE') && /^https?:$/.test(URL.parse(all)?.protocol ?? '')) endpoints.set('FIREHOSE', all)
  return endpoints
}

/** A story takes about 1 KB. */
const mostExplained = 1_000_000

function explainOf(text: string | undefined, command: Config['command']): number {
  if (text === undefined) return command === 'dev' ? 10_000 : 0
  if (/^\d+$/.test(text) && Number(text) <= mostExplained) return Number(text)
  throw new UsageError(`--explain takes a number from 0 to ${mostExplained}, not "${text}".`)
}

/** Opened once here, so that a path that cannot be written is told of at the start. */
function accessLogOf(target: string | undefined): string | undefined {
  if (target === undefined || target === 'stdout') return target
  try {
    closeSync(openSync(target, 'a', 0o600))
    return target
  } catch (error) {
    throw new UsageError(`The access log ${target} cannot be written: ${fileProblem(error)}.`, { cause: error })
  }
}

function switchOf(name: OptionName, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  if (text !== 'on' && text !== 'off') throw new UsageError(`--${name} takes on or off, not "${text}".`)
  return text === 'on'
}

function levelOf(text: string): LogLevel {
  const level = logLevels.find((candidate) => candidate === text)
  if (level === undefined) throw new UsageError(`--log-level takes one of ${logLevels.join(', ')}, not "${text}".`)
  return level
}
