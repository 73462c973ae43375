// All that a gateway needs of the world, opened: the store, functions, backends, keys, counters, logs; and closed again.
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createFolderBlobs, createMemoryBlobs } from './adapters/blobs.ts'
import { createDocumentReader } from './adapters/document-reader.ts'
import { lockFolder } from './adapters/folder-lock.ts'
import { createHeldRoles } from './adapters/held-roles.ts'
import { createLocalFunctions } from './adapters/local-functions.ts'
import { createMemoryConnections } from './adapters/memory-connections.ts'
import { createMemoryCounters } from './adapters/memory-counters.ts'
import { createMemoryResponseCaches } from './adapters/memory-response-caches.ts'
import { createMemoryStore } from './adapters/memory-store.ts'
import { createRemoteFunctions } from './adapters/remote-functions.ts'
import { createRemoteRoles } from './adapters/remote-roles.ts'
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
import type { Documents } from './ports/documents.ts'
import type { Aws } from './ports/aws.ts'
import type { Rate } from './ports/counters.ts'
import type { Logs } from './ports/logs.ts'
import type { Principals } from './ports/principals.ts'
import type { Roles } from './ports/roles.ts'
import type { Store } from './ports/store.ts'
import type { Segments } from './ports/traces.ts'
import type { Upstream } from './ports/upstream.ts'
import { modelOf } from './services/models.ts'
import { accountCredentials, roleCredentials } from './services/sts/function-credentials.ts'
import { takeOnRoles } from './services/sts/role-sessions.ts'
import { Issuers } from './steps/authorize/issuers.ts'

export interface World {
  readonly store: Store
  readonly blobs: Blobs
  readonly documents: Documents
  readonly connections: Connections
  readonly observability: Observability
  readonly limits: AdjustableLimits
  /** What plans are compiled with. */
  readonly planPorts: ReturnType<typeof portsOf>
  /** Where functions make their AWS calls; known once there are listeners. */
  readonly setEndpoint: (url: string | undefined) => void
  /** Where functions send segments; known once somebody listens. */
  readonly setXrayAddress: (address: string) => void
  /** Everything is closed, also when it rejects: with what could not be written any more. */
  readonly close: () => Promise<void>
}

export function openWorld(parts: GatewayParts): World {
  const state = openState(parts.dataFolder)
  const { store, blobs } = state
  const upstream = createHttpUpstream()
  const observability = openObservability({ ...parts, store, aws: deliveryOf(parts, upstream) })
  const principals = createStoredPrincipals({ store, trustedAccount: parts.mode === 'dev' ? parts.account : undefined })
  const roles = openRoles(parts, { store, principals, upstream })
  let endpoint: string | undefined
  const { xrayDaemon } = parts.tracing ?? {}
  let xrayAddress = xrayDaemon && `${xrayDaemon.host}:${xrayDaemon.port}`
  const { logs, segments } = observability
  const place = {
    store,
    blobs,
    upstream,
    roles,
    logs,
    segments,
    endpointUrl: () => endpoint,
    xrayAddress: () => xrayAddress,
  }
  const functions = openFunctions(parts, place)
  observability.deliverTo(functions)
  const limits = { ...adjustableLimits, ...parts.limits }
  const planPorts = portsOf(parts, {
    store,
    upstream,
    functions,
    principals,
    roles,
    limits,
    record: observability.record,
  })
  return {
    ...state,
    connections: parts.connections ?? createMemoryConnections(),
    observability,
    limits,
    planPorts,
    setEndpoint: (url) => {
      endpoint = url
    },
    setXrayAddress: (address) => {
      xrayAddress = address
    },
    close: async () => {
      roles.close()
      principals.close()
      planPorts.apiKeys.close()
      planPorts.vpcLinks.close()
      await closeAll([
        () => planPorts.traffic.counters.close(),
        () => functions.close(),
        // Lines for delivery streams still have to go out.
        () => observability.close(),
        () => upstream.close(),
        state.close,
      ])
    },
  }
}

/** One after the other, whatever becomes of those before it. Rejects in the end with what failed first. */
async function closeAll(closings: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = []
  for (const close of closings) {
    try {
      await close()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}

/** What calls have made, in memory or in a folder that no other process uses. Throws an Error when the folder cannot be used. */
function openState(folder: string | undefined): Pick<World, 'store' | 'blobs' | 'documents' | 'close'> {
  const documents = createDocumentReader()
  if (folder === undefined) {
    const store = createMemoryStore()
    // Documents before the store, which waits for the calls that import them.
    return {
      store,
      blobs: createMemoryBlobs(),
      documents,
      close: () => closeAll([() => documents.close(), () => store.close()]),
    }
  }
  const lock = lockFolder(folder)
  const store = openSqliteStore(join(folder, 'sluice.db'))
  const close = async (): Promise<void> => {
    await documents.close()
    await store.close()
    lock.close()
  }
  return { store, blobs: createFolderBlobs(join(folder, 'blobs')), documents, close }
}

/** Who delivers to delivery streams; nobody when neither their endpoint nor credentials for AWS's own are known. */
function deliveryOf(parts: GatewayParts, upstream: Upstream): Aws | undefined {
  const { clock, lambdaCredentials: credentials, awsEndpoints: endpoints } = parts
  const isKnown = credentials !== undefined || endpoints.has('FIREHOSE')
  return isKnown ? createSignedAws({ upstream, clock, credentials, endpoints }) : undefined
}

interface Opened {
  readonly store: Store
  readonly upstream: Upstream
  readonly functions: ReturnType<typeof createLocalFunctions>
  readonly principals: Principals
  readonly roles: Roles
  readonly limits: AdjustableLimits
  readonly record: Observability['record']
}

function portsOf(parts: GatewayParts, { store, upstream, functions, principals, roles, limits, record }: Opened) {
  const { clock, log, cognitoIssuers = new Map() } = parts
  const { lambdaCredentials: credentials, awsEndpoints: endpoints } = parts
  return {
    upstream,
    functions,
    aws: createSignedAws({ upstream, clock, credentials, endpoints, roles }),
    principals,
    vpcLinks: createStoredVpcLinks(store),
    backends: parts.backends,
    clock,
    bug: (error: unknown, requestId: string): void => log.error({ error, requestId }, 'unexpected error'),
    record,
    issuers: new Issuers(upstream, clock),
    cognitoIssuers,
    apiKeys: createStoredApiKeys(store),
    caches: createMemoryResponseCaches(clock),
    explainsRefusals: parts.explainHeader,
    traffic: {
      counters: createMemoryCounters(store, clock),
      account: accountRate(limits),
      connections: connectionRate(limits),
    },
  } satisfies RestPlanPorts
}

/** In `serve`, and with credentials of the process, roles that are not here are AWS's to give. */
function openRoles(
  parts: GatewayParts,
  { store, principals, upstream }: Pick<Opened, 'store' | 'principals' | 'upstream'>,
): ReturnType<typeof createHeldRoles> {
  const { clock, log, mode, region, lambdaCredentials: credentials, awsEndpoints: endpoints } = parts
  const aws = createSignedAws({ upstream, clock, credentials, endpoints })
  const asksAws = mode === 'serve' && credentials !== undefined
  return createHeldRoles({
    store,
    clock,
    log,
    own: takeOnRoles({ store, principals, clock }),
    aws: asksAws ? createRemoteRoles({ aws, region, model: () => modelOf('sts') }) : undefined,
    trustsUnknown: mode === 'dev',
  })
}

interface FunctionsPlace {
  /** Takes the lines that functions write. */
  readonly logs: Logs
  readonly store: Store
  readonly blobs: Blobs
  readonly upstream: Upstream
  readonly roles: Roles
  readonly segments: Segments
  readonly endpointUrl: () => string | undefined
  readonly xrayAddress: () => string | undefined
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
        : createRemoteFunctions({
            endpoint,
            credentials,
            upstream: place.upstream,
            roles: place.roles,
            clock,
            model: () => modelOf('lambda'),
          }),
    credentials: parts.mode === 'dev' ? accountCredentials : roleCredentials(place.store, clock),
    enforcePermissions: parts.enforceLambdaPermissions,
  })
}

/** Half a limit takes its other half from AWS. */
function accountRate({ accountRequestsPerSecond: rate, accountBurst: burst }: AdjustableLimits): Rate | undefined {
  if (rate === undefined && burst === undefined) return undefined
  return { rate: rate ?? accountThrottle.requestsPerSecond, burst: burst ?? accountThrottle.burst }
}

/** AWS names no burst for new connections: a second's worth may come at once (?). */
function connectionRate({ accountConnectionsPerSecond: rate }: AdjustableLimits): Rate | undefined {
  return rate === undefined ? undefined : { rate, burst: rate }
}
