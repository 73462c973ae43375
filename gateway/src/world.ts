// All that a gateway needs of the world, opened: the store, functions, backends, keys, counters, logs; and closed again.
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createFolderBlobs, createMemoryBlobs } from './adapters/blobs.ts'
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
import { createHttpUpstream } from './adapters/upstream/http-upstream.ts'
import type { GatewayParts } from './gateway-parts.ts'
import { accountThrottle, adjustableLimits, type AdjustableLimits } from './nouns/limits.ts'
import { openObservability, type Observability } from './observability.ts'
import type { RestPlanPorts } from './plan/stage-plan.ts'
import type { Blobs } from './ports/blobs.ts'
import type { Connections } from './ports/connections.ts'
import type { Rate } from './ports/counters.ts'
import type { Logs } from './ports/logs.ts'
import type { Store } from './ports/store.ts'
import type { Upstream } from './ports/upstream.ts'
import { modelOf } from './services/models.ts'
import { accountCredentials, roleCredentials } from './services/sts/function-credentials.ts'
import { Issuers } from './steps/authorize/issuers.ts'

export interface World {
  readonly store: Store
  readonly blobs: Blobs
  readonly connections: Connections
  readonly observability: Observability
  readonly limits: AdjustableLimits
  /** What plans are compiled with. */
  readonly planPorts: ReturnType<typeof portsOf>
  /** Where functions make their AWS calls; known once there are listeners. */
  readonly setEndpoint: (url: string | undefined) => void
  readonly close: () => Promise<void>
}

export function openWorld(parts: GatewayParts): World {
  const { dataFolder } = parts
  const store = dataFolder === undefined ? createMemoryStore() : openSqliteStore(join(dataFolder, 'sluice.db'))
  const blobs: Blobs = dataFolder === undefined ? createMemoryBlobs() : createFolderBlobs(join(dataFolder, 'blobs'))
  const upstream = createHttpUpstream()
  const observability = openObservability(parts)
  let endpoint: string | undefined
  const functions = openFunctions(parts, { store, blobs, logs: observability.logs, endpointUrl: () => endpoint })
  const limits = { ...adjustableLimits, ...parts.limits }
  const planPorts = portsOf(parts, { store, upstream, functions, limits, record: observability.record })
  return {
    store,
    blobs,
    connections: parts.connections ?? createMemoryConnections(),
    observability,
    limits,
    planPorts,
    setEndpoint: (url) => {
      endpoint = url
    },
    close: async () => {
      planPorts.principals.close()
      planPorts.apiKeys.close()
      planPorts.vpcLinks.close()
      await planPorts.traffic.counters.close()
      await Promise.all([functions.close(), upstream.close()])
      await observability.close()
      await store.close()
    },
  }
}

interface Opened {
  readonly store: Store
  readonly upstream: Upstream
  readonly functions: ReturnType<typeof createLocalFunctions>
  readonly limits: AdjustableLimits
  readonly record: Observability['record']
}

function portsOf(parts: GatewayParts, { store, upstream, functions, limits, record }: Opened) {
  const { clock, log, mode, account, cognitoIssuers = new Map() } = parts
  const { lambdaCredentials: credentials, awsEndpoints: endpoints } = parts
  return {
    upstream,
    functions,
    aws: createSignedAws({ upstream, clock, credentials, endpoints }),
    principals: createStoredPrincipals({ store, trustedAccount: mode === 'dev' ? account : undefined }),
    vpcLinks: createStoredVpcLinks(store),
    clock,
    bug: (error: unknown, requestId: string): void => log.error({ error, requestId }, 'unexpected error'),
    record,
    issuers: new Issuers(upstream, clock),
    cognitoIssuers,
    apiKeys: createStoredApiKeys(store),
    caches: createMemoryResponseCaches(clock),
    traffic: { counters: createMemoryCounters(store, clock), account: accountRate(limits) },
  } satisfies RestPlanPorts
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

/** Half a limit takes its other half from AWS. */
function accountRate({ accountRequestsPerSecond: rate, accountBurst: burst }: AdjustableLimits): Rate | undefined {
  if (rate === undefined && burst === undefined) return undefined
  return { rate: rate ?? accountThrottle.requestsPerSecond, burst: burst ?? accountThrottle.burst }
}
