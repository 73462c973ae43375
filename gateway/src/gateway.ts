// A whole gateway without a socket: its services, its plans and its front, put together. `main.ts` adds the listeners.
import { createFolderObjects } from './adapters/folder-objects.ts'
import type { GatewayParts } from './gateway-parts.ts'
import type { Log } from './log.ts'
import { randomIds } from './nouns/ids.ts'
import { Domains } from './plan/domains.ts'
import { httpCompiler } from './plan/http-compiler.ts'
import { Plans } from './plan/plans.ts'
import { restCompiler } from './plan/rest-compiler.ts'
import type { RestPlanPorts } from './plan/stage-plan.ts'
import { createTestCalls } from './plan/test-calls.ts'
import type { Store } from './ports/store.ts'
import { openAddresses, type Reached } from './server/addresses.ts'
import { behindProxies } from './server/client-address.ts'
import { createDataPlane } from './server/data-plane.ts'
import { createDomainPlane } from './server/domain-plane.ts'
import { createFront } from './server/front.ts'
import type { Front } from './server/incoming.ts'
import { createManagement } from './server/management.ts'
import { createPages, type Pages } from './server/pages.ts'
import { createServicePlane } from './server/service-plane.ts'
import type { Addresses } from './services/call.ts'
import { createEndpoint, type Endpoint } from './services/endpoint.ts'
import { trusting, verifying } from './services/identity.ts'
import { createServices } from './services/index.ts'
import { Sockets } from './sockets/sockets.ts'
import { sluiceVersion } from './version.ts'
import { openWorld, type World } from './world.ts'

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

export function createCore(parts: GatewayParts): Core {
  const { log, clock } = parts
  const world = openWorld(parts)
  const { store, planPorts } = world
  const { addresses, serveAt } = openAddresses(parts.domain, parts.publicUrl)
  const plans = openPlans(store, planPorts, log)
  const domains = openDomains(store, log)
  const sockets = openSockets(parts, world, plans)
  const endpoint = openEndpoint(parts, world, addresses)
  return {
    ...openFronts(parts, world, {
      plans,
      sockets,
      services: createServicePlane(endpoint),
      domainPlane: createDomainPlane({ domains, clock }),
    }),
    endpoint,
    store,
    plans,
    sockets,
    domains,
    setPort: (port, url, scheme = 'http') => {
      serveAt({ scheme, port })
      world.setEndpoint(url)
    },
    close: async () => {
      await sockets.stop(0)
      domains.close()
      plans.close()
      await world.close()
    },
  }
}

/** The AWS services behind one endpoint. */
function openEndpoint(parts: GatewayParts, world: World, addresses: Addresses): Endpoint {
  const { store, blobs, connections, observability, limits, planPorts } = world
  const { functions, principals, clock, bug, traffic } = planPorts
  const isDev = parts.mode === 'dev'
  return createEndpoint({
    services: createServices({
      blobs,
      functions,
      store,
      folders: isDev,
      connections,
      testCalls: createTestCalls(planPorts),
      counters: traffic.counters,
      ...observability,
    }),
    store,
    clock,
    ids: randomIds,
    addresses,
    identify: isDev ? trusting({ account: parts.account, region: parts.region }) : verifying(principals),
    customIds: isDev,
    objects: createFolderObjects(parts.bucketsFolder),
    limits,
    bug,
  })
}

function openSockets(
  parts: GatewayParts,
  { store, connections, planPorts, observability }: World,
  plans: Plans,
): Sockets {
  const { clock, bug } = planPorts
  const { pushed } = observability.record
  return new Sockets({ plans, store, connections, clock, limits: parts.socketLimits, bug, pushed })
}

interface Planes {
  readonly plans: Plans
  readonly sockets: Sockets
  readonly services: ReturnType<typeof createServicePlane>
  readonly domainPlane: ReturnType<typeof createDomainPlane>
}

/** One front for everything, and two for a gateway whose APIs have a port of their own. */
function openFronts(
  { domain, clock, trustedProxies = [] }: GatewayParts,
  { store, observability }: World,
  { plans, sockets, services, domainPlane }: Planes,
): Pick<Core, 'front' | 'dataFront' | 'adminFront'> {
  const dataPlane = createDataPlane({ plans, clock, sockets })
  const management = createManagement({ plans, services, dataPlane })
  const apis = { dataPlane, management, domainPlane, domain }
  const pages = openPages(
    sockets,
    observability.pages(store, () => sockets.counts().open),
  )
  return {
    front: behindProxies(createFront({ ...apis, services, pages }), trustedProxies),
    dataFront: behindProxies(createFront(apis), trustedProxies),
    adminFront: createFront({ services, pages, domain }),
  }
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
