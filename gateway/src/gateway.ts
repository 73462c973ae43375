// A whole gateway without a socket: the store, the services, the plans and the front, put together. `main.ts` adds a listener.
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '@sluice/sigv4'
import { createFolderBlobs, createMemoryBlobs } from './adapters/blobs.ts'
import { createFolderObjects } from './adapters/folder-objects.ts'
import { createLocalFunctions } from './adapters/local-functions.ts'
import { createMemoryConnections } from './adapters/memory-connections.ts'
import { createMemoryCounters } from './adapters/memory-counters.ts'
import { createMemoryResponseCaches } from './adapters/memory-response-caches.ts'
import { createMemoryStore } from './adapters/memory-store.ts'
import { createRemoteFunctions } from './adapters/remote-functions.ts'
import { createSignedAws } from './adapters/signed-aws.ts'
import { openSqliteStore } from './adapters/sqlite-store.ts'
import { createStoredApiKeys } from './adapters/stored-api-keys.ts'
import { createStoredPrincipals } from './adapters/stored-principals.ts'
import { createStoredVpcLinks } from './adapters/stored-vpc-links.ts'
import { createUndiciUpstream } from './adapters/undici-upstream.ts'
import type { Log } from './log.ts'
import { randomIds } from './nouns/ids.ts'
import { accountThrottle, adjustableLimits, type AdjustableLimits } from './nouns/limits.ts'
import { openObservability } from './observability.ts'
import { httpCompiler } from './plan/http-compiler.ts'
import { Domains } from './plan/domains.ts'
import { Plans } from './plan/plans.ts'
import { restCompiler } from './plan/rest-compiler.ts'
import { createTestCalls } from './plan/test-calls.ts'
import type { RestPlanPorts } from './plan/stage-plan.ts'
import type { Blobs } from './ports/blobs.ts'
import type { Clock } from './ports/clock.ts'
import type { Connections } from './ports/connections.ts'
import type { Rate } from './ports/counters.ts'
import type { Logs } from './ports/logs.ts'
import type { Store } from './ports/store.ts'
import type { Upstream } from './ports/upstream.ts'
import { createDataPlane } from './server/data-plane.ts'
import { createDomainPlane } from './server/domain-plane.ts'
import { openAddresses, type Reached } from './server/addresses.ts'
import { behindProxies, type TrustedRange } from './server/client-address.ts'
import { createFront } from './server/front.ts'
import type { Front } from './server/incoming.ts'
import { createPages, type Pages } from './server/pages.ts'
import { createManagement } from './server/management.ts'
import { createServicePlane } from './server/service-plane.ts'
import { createEndpoint, type Endpoint } from './services/endpoint.ts'
import { trusting, verifying } from './services/identity.ts'
import { createServices } from './services/index.ts'
import { modelOf } from './services/models.ts'
import { accountCredentials, roleCredentials } from './services/sts/function-credentials.ts'
import type { SocketLimits } from './sockets/limits.ts'
import { Sockets } from './sockets/sockets.ts'
import { Issuers } from './steps/authorize/issuers.ts'
import { sluiceVersion } from './version.ts'

export interface GatewayParts {
  /** `dev` accepts any credentials and lets tags choose ids; `serve` verifies every call. */
  readonly mode: 'dev' | 'serve'
  /** Where everything is kept; in memory when absent. */
  readonly dataFolder: string | undefined
  readonly region: string
  readonly account: string
  /** The suffix of host names that are handed out. */
  readonly domain: string
  /** What clients call where something stands in front of the listeners. */
  readonly publicUrl?: string | undefined
  /** The folder whose folders stand for S3 buckets. */
  readonly bucketsFolder?: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Where functions that are not here are invoked. */
  readonly lambdaEndpoint: string | undefined
  /** What those calls, and calls to other services of AWS, are signed with; unsigned when absent. */
  readonly lambdaCredentials: Credentials | undefined
  /** Where services of AWS are called instead: `SQS` → URL, as `AWS_ENDPOINT_URL_SQS` says. */
  readonly awsEndpoints: ReadonlyMap<string, string>
  /** Whether an API needs a function's permission (AddPermission) to invoke it. */
  readonly enforceLambdaPermissions: boolean
  /** Where they differ from what is usual here. */
  readonly limits?: Partial<AdjustableLimits> | undefined
  /** Cognito user pool id → the issuer whose tokens count as the pool's; AWS's own when absent. */
  readonly cognitoIssuers?: ReadonlyMap<string, string> | undefined
  /** Whose `X-Forwarded-For` is believed; nobody's when absent. */
  readonly trustedProxies?: readonly TrustedRange[] | undefined
  /** How many requests are kept for `sluice explain`; none when absent. */
  readonly explain?: number | undefined
  /** A file, or `stdout`, that gets a line of JSON for each request of every API; nowhere when absent. */
  readonly accessLog?: string | undefined
  /** Where gateways find each other's WebSocket connections; this gateway's own alone when absent. */
  readonly connections?: Connections | undefined
  /** Bounds of WebSocket connections other than AWS's. */
  readonly socketLimits?: Partial<SocketLimits> | undefined
}

/** The pieces that the two faces of the product, the process and `createGateway`, are made of. */
export interface Core {
  /** Everything on one port. */
  readonly front: Front
  /** APIs alone, and all the rest: for two ports. */
  readonly dataFront: Front
  readonly adminFront: Front
  readonly endpoint: Endpoint
  readonly store: Store
  readonly plans: Plans
  readonly sockets: Sockets
  readonly domains: Domains
  /** The port that addresses name, and where functions make their AWS calls; known once there are listeners. */
  readonly setPort: (port: number, endpointUrl?: string, scheme?: Reached['scheme']) => void
  readonly close: () => Promise<void>
}

interface FunctionsPlace {
  /** Takes the lines that functions write. */
  readonly logs: Logs
  readonly store: Store
  readonly blobs: Blobs
  readonly endpointUrl: () => string | undefined
}

function openFunctions(parts: GatewayParts, place: FunctionsPlace): ReturnType<typeof createLocalFunctions> {
  const { clock, log, dataFolder, lambdaEndpoint: endpoint, lambdaCredentials: credentials } = parts
  return createLocalFunctions({
    ...place,
    clock,
    log,
    codeFolder: dataFolder === undefined ? join(tmpdir(), `sluice-${userInfo().uid}`) : join(dataFolder, 'functions'),
    remote:
      endpoint === undefined
        ? undefined
        : createRemoteFunctions({ endpoint, credentials, clock, model: () => modelOf('lambda') }),
    credentials: parts.mode === 'dev' ? accountCredentials : roleCredentials(place.store, clock),
    enforcePermissions: parts.enforceLambdaPermissions,
  })
}

/** Who may call APIs, and how much. */
function openAccess(
  { cognitoIssuers = new Map(), clock }: GatewayParts,
  limits: AdjustableLimits,
  store: Store,
  upstream: Upstream,
) {
  const apiKeys = createStoredApiKeys(store)
  const counters = createMemoryCounters(store, clock)
  const ports = {
    issuers: new Issuers(upstream, clock),
    cognitoIssuers,
    apiKeys,
    caches: createMemoryResponseCaches(clock),
    traffic: { counters, account: accountRate(limits) },
  } satisfies Partial<RestPlanPorts>
  return {
    ports,
    close: async () => {
      apiKeys.close()
      await counters.close()
    },
  }
}

/** Half a limit takes its other half from AWS. */
function accountRate({ accountRequestsPerSecond: rate, accountBurst: burst }: AdjustableLimits): Rate | undefined {
  if (rate === undefined && burst === undefined) return undefined
  return { rate: rate ?? accountThrottle.requestsPerSecond, burst: burst ?? accountThrottle.burst }
}

function openPlans(store: Store, ports: RestPlanPorts, log: Log): Plans {
  return new Plans(store, { RestApi: restCompiler(ports), V2Api: httpCompiler(ports) }, (error, apiId, stageName) =>
    log.error({ error, apiId, stageName }, 'a stage could not be planned; the plan before it goes on serving'),
  )
}

function openDomains(store: Store, log: Log): Domains {
  return new Domains(store, (error, domainName) =>
    log.error({ error, domainName }, 'a custom domain name could not be read; what was known of it goes on serving'),
  )
}

/** Sluice's own endpoints. */
function openPages(sockets: Sockets, { open, local }: Pages): ReturnType<typeof createPages> {
  return createPages({
    open: {
      '/_sluice/health': () => ({ status: 'ok', version: sluiceVersion() }),
      '/_sluice/connections': () => sockets.counts(),
      ...open,
    },
    local,
  })
}

export function createCore(parts: GatewayParts): Core {
  const { dataFolder, clock, log } = parts
  const store = dataFolder === undefined ? createMemoryStore() : openSqliteStore(join(dataFolder, 'sluice.db'))
  const blobs: Blobs = dataFolder === undefined ? createMemoryBlobs() : createFolderBlobs(join(dataFolder, 'blobs'))
  const upstream = createUndiciUpstream()
  const bug = (error: unknown, requestId: string): void => log.error({ error, requestId }, 'unexpected error')
  const { addresses, serveAt } = openAddresses(parts.domain, parts.publicUrl)
  let endpointUrl: string | undefined
  const observability = openObservability(parts)
  const { logs, record } = observability
  const functions = openFunctions(parts, { store, blobs, logs, endpointUrl: () => endpointUrl })
  const connections = parts.connections ?? createMemoryConnections()
  const vpcLinks = createStoredVpcLinks(store)
  const principals = createStoredPrincipals({
    store,
    trustedAccount: parts.mode === 'dev' ? parts.account : undefined,
  })
  const { lambdaCredentials: credentials, awsEndpoints: endpoints } = parts
  const aws = createSignedAws({ upstream, clock, credentials, endpoints })
  const limits = { ...adjustableLimits, ...parts.limits }
  const access = openAccess(parts, limits, store, upstream)
  const planPorts: RestPlanPorts = {
    upstream,
    functions,
    aws,
    principals,
    vpcLinks,
    clock,
    bug,
    record,
    ...access.ports,
  }
  const plans = openPlans(store, planPorts, log)
  const testCalls = createTestCalls(planPorts)
  const folders = parts.mode === 'dev'
  const services = createServices({
    blobs,
    functions,
    store,
    folders,
    connections,
    testCalls,
    counters: access.ports.traffic.counters,
    ...observability,
  })
  const identify =
    parts.mode === 'serve' ? verifying(principals) : trusting({ account: parts.account, region: parts.region })
  const endpoint = createEndpoint({
    services,
    store,
    clock,
    ids: randomIds,
    addresses,
    identify,
    customIds: parts.mode === 'dev',
    objects: createFolderObjects(parts.bucketsFolder),
    limits,
    bug,
  })
  const { domain, trustedProxies = [] } = parts
  const sockets = new Sockets({
    plans,
    store,
    connections,
    clock,
    limits: parts.socketLimits,
    bug,
    pushed: record.pushed,
  })
  const dataPlane = createDataPlane({ plans, clock, sockets })
  const servicePlane = createServicePlane(endpoint)
  const management = createManagement({ plans, services: servicePlane, dataPlane })
  const domains = openDomains(store, log)
  const domainPlane = createDomainPlane({ domains, clock })
  const apis = { dataPlane, management, domainPlane, domain }
  const pages = openPages(
    sockets,
    observability.pages(store, () => sockets.counts().open),
  )
  return {
    front: behindProxies(createFront({ ...apis, services: servicePlane, pages }), trustedProxies),
    dataFront: behindProxies(createFront(apis), trustedProxies),
    adminFront: createFront({ services: servicePlane, pages, domain }),
    endpoint,
    store,
    plans,
    sockets,
    domains,
    setPort: (port, url, scheme = 'http') => {
      serveAt({ scheme, port })
      endpointUrl = url
    },
    close: async () => {
      await sockets.stop(0)
      domains.close()
      plans.close()
      principals.close()
      await access.close()
      vpcLinks.close()
      await Promise.all([functions.close(), upstream.close()])
      await observability.close()
      await store.close()
    },
  }
}
