// `createGateway`: a whole gateway inside a test's own process, without a port, with a clock that the test can move.
import { VirtualClock } from './adapters/clocks.ts'
import { createCore } from './gateway.ts'
import { createLog, type LogLevel } from './log.ts'
import { parseRange, type TrustedRange } from './server/client-address.ts'
import { parseBackends, type Backends } from './nouns/backends.ts'
import type { AdjustableLimits } from './nouns/limits.ts'
import type { Front } from './server/incoming.ts'
import { perform } from './server/perform.ts'
import { createSdkHandler, type SdkRequestHandler } from './server/sdk-handler.ts'
import { tracingIn } from './tracing-config.ts'
import { createDeployFile } from './dev/deploy-file.ts'
import type { Deployed, DeployedApi } from './dev/deployed.ts'

export interface GatewayOptions {
  /** Values of templates' parameters; the others have their defaults. */
  readonly templateParameters?: Readonly<Record<string, string>>
  /** Keeps everything in this folder; in memory when absent. */
  readonly dataFolder?: string
  /** `us-east-1` when absent. */
  readonly region?: string
  /** Twelve digits; `000000000000` when absent. */
  readonly account?: string
  /** A folder whose folders stand for S3 buckets: truststores are read from there. */
  readonly bucketsFolder?: string
  /** The suffix of host names; `localhost` when absent. */
  readonly domain?: string
  /** Epoch milliseconds that the clock starts at; the present when absent. The clock stands still until it is moved. */
  readonly startAtMs?: number
  /** What is written to standard error; `warn` when absent. */
  readonly logLevel?: LogLevel
  /** Where services of AWS are called that integrations name: `{ SQS: 'http://127.0.0.1:9324' }`, signed as roles that IAM has, else unsigned. */
  readonly awsEndpoints?: Readonly<Record<string, string>>
  /** Where telemetry goes, as the process reads it of its environment: `{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }`. */
  readonly telemetry?: Readonly<Record<string, string>>
  /** How many requests are kept for `/_sluice/requests`; none when absent. */
  readonly explain?: number
  /** Whether refusals tell their callers why, in the header `x-sluice-explain`; not when absent. */
  readonly explainHeader?: boolean
  /** Limits that AWS raises on request: an integration's time-out, what an API and an account may have, requests of an account. */
  readonly limits?: Partial<AdjustableLimits>
  /**
   * The issuers of Cognito user pools, and of `cognito-identity.amazonaws.com`, whose tokens are those of identity pools:
   * `{ 'us-east-1_AbCdEf': 'http://127.0.0.1:9229/us-east-1_AbCdEf' }`. AWS's own when absent.
   */
  readonly cognitoIssuers?: Readonly<Record<string, string>>
  /** Where the ARNs of listeners, load balancers and Cloud Map services lead: `{ 'arn:…': ['http://127.0.0.1:8080'] }`. */
  readonly backends?: Readonly<Record<string, readonly string[]>>
  /** Whether a JWT authorizer is made only of an issuer that answers, as on AWS; not when absent. */
  readonly checkIssuers?: boolean
  /** Whose `X-Forwarded-*` headers are believed: addresses and CIDR ranges. `invoke` itself comes from 127.0.0.1. Nobody's when absent. */
  readonly trustedProxies?: readonly string[]
}

export interface EmbeddedGateway {
  /** For AWS SDK v3 clients: `new APIGatewayClient({ ...gateway.clientConfig })`. */
  readonly clientConfig: {
    readonly region: string
    readonly endpoint: string
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
    readonly requestHandler: SdkRequestHandler
  }
  readonly requestHandler: SdkRequestHandler
  /** API traffic, like `fetch`: `gateway.invoke('http://{apiId}.execute-api.localhost/prod/pets')`. Any other URL is an AWS call. */
  readonly invoke: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** Deploys an OpenAPI document or a template from a file, as `sluice dev FILE` does. Rejects with what is wrong with it. */
  readonly deploy: (file: string, stageName?: string) => Promise<EmbeddedDeployment>
  readonly clock: VirtualClock
  /** Ends functions and connections, and lets go of files. */
  readonly close: () => Promise<void>
}

/** What was deployed. `apiId`, `routes` and so on are those of the first API; a template may have none, or several. */
export type EmbeddedDeployment = Deployed & DeployedApi

/** Makes a gateway. Nothing is started that a test does not use; `close` it at the end. */
export function createGateway(options: GatewayOptions = {}): EmbeddedGateway {
  const region = options.region ?? 'us-east-1'
  const clock = new VirtualClock(options.startAtMs)
  const core = createCore({
    mode: 'dev',
    dataFolder: options.dataFolder,
    region,
    account: options.account ?? '000000000000',
    domain: options.domain ?? 'localhost',
    bucketsFolder: options.bucketsFolder,
    clock,
    log: createLog(options.logLevel ?? 'warn'),
    lambdaEndpoint: undefined,
    lambdaCredentials: undefined,
    awsEndpoints: new Map(Object.entries(options.awsEndpoints ?? {})),
    enforceLambdaPermissions: false,
    tracing: tracingIn(options.telemetry ?? {}, undefined),
    explain: options.explain,
    explainHeader: options.explainHeader,
    limits: options.limits,
    cognitoIssuers: new Map(Object.entries(options.cognitoIssuers ?? {})),
    backends: backendsOf(options.backends ?? {}),
    checkIssuers: options.checkIssuers,
    trustedProxies: (options.trustedProxies ?? []).map(rangeOf),
  })
  const requestHandler = createSdkHandler(core.front)
  const deployFile = createDeployFile(core.endpoint, {
    region,
    account: options.account ?? '000000000000',
    parameters: new Map(Object.entries(options.templateParameters ?? {})),
  })
  return {
    requestHandler,
    clientConfig: {
      region,
      endpoint: 'http://localhost',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler,
    },
    invoke: invokeOn(core.front),
    deploy: async (file, stageName = 'dev') => {
      const deployed = await deployFile(file, stageName)
      return { ...noApi, ...deployed.apis[0], ...deployed }
    },
    clock,
    close: () => core.close(),
  }
}

function invokeOn(front: Front): EmbeddedGateway['invoke'] {
  return async (url, init) => {
    const request = new Request(url, init)
    const { host, pathname, search } = new URL(request.url)
    const headers = ['Host', host, ...[...request.headers].flat()]
    const body = new Uint8Array(await request.arrayBuffer())
    if (body.length > 0) headers.push('Content-Length', String(body.length))
    return responseOf(await perform(front, { method: request.method, target: `${pathname}${search}`, headers, body }))
  }
}

const noApi: DeployedApi = { name: '', kind: 'REST', apiId: '', stageName: '', routes: [] }

function backendsOf(given: Readonly<Record<string, readonly string[]>>): Backends {
  const backends = parseBackends(Object.entries(given).flatMap(([arn, urls]) => urls.map((url) => `${arn}=${url}`)))
  if (typeof backends === 'string')
    throw new TypeError(`backends takes ARNs with URLs of a host and a port, not "${backends}"`)
  return backends
}

function rangeOf(text: string): TrustedRange {
  const range = parseRange(text)
  if (range === undefined) throw new TypeError(`trustedProxies takes addresses and CIDR ranges, not "${text}"`)
  return range
}

/** Statuses that a Response may have no body with. */
const bodiless = new Set([101, 204, 205, 304])

function responseOf({ status, headers, chunks }: Awaited<ReturnType<typeof perform>>): Response {
  const list = new Headers()
  for (let index = 0; index < headers.length; index += 2) list.append(headers[index] ?? '', headers[index + 1] ?? '')
  return new Response(bodiless.has(status) ? null : ReadableStream.from(chunks), { status, headers: list })
}
