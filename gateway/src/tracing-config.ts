// What the environment says of traces and of telemetry that is exported: the variables of the X-Ray daemon and of OpenTelemetry.
import type { Temporality } from './adapters/otlp-metrics.ts'
import type { OtlpTarget } from './adapters/otlp-sender.ts'
import { attributesOf, type Resource } from './adapters/otlp-values.ts'
import { parseDaemonAddress, type DaemonAddress } from './nouns/xray-datagram.ts'
import { UsageError } from './usage-error.ts'
import { sluiceVersion } from './version.ts'

export interface TracingConfig {
  /** Where segments of this gateway are sent beside. */
  readonly xrayDaemon: DaemonAddress | undefined
  readonly otlp: OtlpConfig
  /** Whether clients' `traceparent` is continued to HTTP backends. */
  readonly continuesW3c: boolean
}

/** Undefined signals are not exported. */
export interface OtlpConfig {
  readonly traces: OtlpTarget | undefined
  readonly metrics: OtlpTarget | undefined
  readonly temporality: Temporality
  readonly resource: Resource
}

type Environment = Readonly<Record<string, string | undefined>>

/** `traceContext`: what `--trace-context` says, where it says something. Throws UsageError. */
export function tracingIn(environment: Environment, traceContext: boolean | undefined): TracingConfig {
  const daemon = valueOf(environment, 'AWS_XRAY_DAEMON_ADDRESS')
  const xrayDaemon = daemon === undefined ? undefined : parseDaemonAddress(daemon)
  if (daemon !== undefined && xrayDaemon === undefined) {
    throw new UsageError(`AWS_XRAY_DAEMON_ADDRESS takes an address such as 127.0.0.1:2000, not "${daemon}".`)
  }
  const otlp = otlpIn(environment)
  return { xrayDaemon, otlp, continuesW3c: traceContext ?? otlp.traces !== undefined }
}

function otlpIn(environment: Environment): OtlpConfig {
  const isDisabled = environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true'
  const target = (signal: Signal): OtlpTarget | undefined => {
    const exporter = valueOf(environment, `OTEL_${signal}_EXPORTER`) ?? 'otlp'
    if (exporter !== 'otlp' && exporter !== 'none') {
      throw new UsageError(`OTEL_${signal}_EXPORTER takes otlp or none, not "${exporter}".`)
    }
    return isDisabled || exporter === 'none' ? undefined : targetIn(environment, signal)
  }
  const asked = environment['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE']?.toLowerCase() ?? 'cumulative'
  return {
    traces: target('TRACES'),
    metrics: target('METRICS'),
    // `lowmemory` is delta for all that is counted here.
    temporality: asked === 'delta' || asked === 'lowmemory' ? 'delta' : 'cumulative',
    resource: resourceIn(environment),
  }
}

type Signal = 'TRACES' | 'METRICS'

const paths = { TRACES: 'v1/traces', METRICS: 'v1/metrics' } as const
const defaultTimeoutMs = 10_000

/** A signal's settings: its own variable where that is set, else the one of both signals. */
interface Settings {
  readonly nameOf: (setting: string) => string
  readonly of: (setting: string) => string | undefined
}

function settingsIn(environment: Environment, signal: Signal): Settings {
  const nameOf = (setting: string): string => {
    const own = `OTEL_EXPORTER_OTLP_${signal}_${setting}`
    return valueOf(environment, own) === undefined ? `OTEL_EXPORTER_OTLP_${setting}` : own
  }
  return { nameOf, of: (setting) => valueOf(environment, nameOf(setting)) }
}

/** Undefined without an endpoint: nothing is exported unless somebody says where to. Specification: "OpenTelemetry Protocol Exporter". */
function targetIn(environment: Environment, signal: Signal): OtlpTarget | undefined {
  const settings = settingsIn(environment, signal)
  const { nameOf, of } = settings
  const endpoint = of('ENDPOINT')
  if (endpoint === undefined) return undefined
  const url = urlOf(endpoint, settings, signal)
  const protocol = of('PROTOCOL') ?? 'http/json'
  if (protocol !== 'http/json') {
    throw new UsageError(
      `${nameOf('PROTOCOL')} takes http/json, not "${protocol}": Sluice speaks OTLP over HTTP, in JSON.`,
    )
  }
  const compression = of('COMPRESSION') ?? 'none'
  if (compression !== 'none' && compression !== 'gzip') {
    throw new UsageError(`${nameOf('COMPRESSION')} takes gzip or none, not "${compression}".`)
  }
  for (const setting of ['CERTIFICATE', 'CLIENT_KEY', 'CLIENT_CERTIFICATE']) {
    if (of(setting) === undefined) continue
    throw new UsageError(`${nameOf(setting)} is not known here: NODE_EXTRA_CA_CERTS names more authorities to trust.`)
  }
  const timeout = of('TIMEOUT') ?? String(defaultTimeoutMs)
  if (!/^\d{1,7}$/.test(timeout) || Number(timeout) === 0) {
    throw new UsageError(`${nameOf('TIMEOUT')} takes milliseconds, not "${timeout}".`)
  }
  const headers = headersIn(nameOf('HEADERS'), of('HEADERS'))
  return { url, headers, timeoutMs: Number(timeout), isCompressed: compression === 'gzip' }
}

/** An endpoint of one signal is taken as it is; that of both gets the signal's path. */
function urlOf(endpoint: string, { nameOf }: Settings, signal: Signal): string {
  const name = nameOf('ENDPOINT')
  const base = URL.parse(endpoint)
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new UsageError(`${name} takes a URL such as http://127.0.0.1:4318, not "${endpoint}".`)
  }
  if (base.username !== '' || base.password !== '') {
    throw new UsageError(`${name} takes a URL without a password: put it into ${nameOf('HEADERS')}.`)
  }
  return name.includes(signal) ? base.href : `${base.href.replace(/\/?$/, '/')}${paths[signal]}`
}

function headersIn(variable: string, text: string | undefined): Readonly<Record<string, string>> {
  const pairs = pairsIn(variable, text)
  try {
    return Object.fromEntries(new Headers(pairs))
  } catch {
    throw new UsageError(`${variable} has a name or a value that no HTTP header can have.`)
  }
}

function resourceIn(environment: Environment): Resource {
  const pairs = pairsIn('OTEL_RESOURCE_ATTRIBUTES', valueOf(environment, 'OTEL_RESOURCE_ATTRIBUTES'))
  const name = valueOf(environment, 'OTEL_SERVICE_NAME')
  return {
    attributes: attributesOf({
      'service.name': 'sluice',
      'service.version': sluiceVersion(),
      ...pairs,
      ...(name !== undefined && { 'service.name': name }),
    }),
  }
}

/** `name=value,name=value`, percent-encoded as in W3C baggage. */
function pairsIn(variable: string, text: string | undefined): Readonly<Record<string, string>> {
  const pairs = (text ?? '').split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w/-]+)\s*=\s*([\t\x20-\x7e]*?)\s*$/.exec(pair) ?? []
      try {
        if (name !== undefined && value !== undefined) return [decodeURIComponent(name), decodeURIComponent(value)]
      } catch {
        // The sentence below says what is wrong with it.
      }
      // Its value may be a secret: it is not repeated.
      throw new UsageError(
        `${variable} takes name=value,name=value, percent-encoded; the entry for "${name ?? ''}" is not.`,
      )
    }),
  )
}

/** OpenTelemetry: an empty variable is as if it were not set. */
function valueOf(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim()
  return value === '' ? undefined : value
}
