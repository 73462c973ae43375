// A whole gateway without a socket: its services, its plans and its front, put together. `main.ts` adds the listeners.
import { createFolderObjects } from './adapters/folder-objects.ts'
import type { GatewayParts } from './gateway-parts.ts'
import type { Log } from './log.ts'
import { cognitoIdentityHost } from './nouns/cognito-identity.ts'
import { randomIds } from './nouns/ids.ts'
import { Domains } from './plan/domains.ts'
import { httpCompiler } from './plan/http-compiler.ts'
import { Plans } from './plan/plans.ts'
import { restCompiler } from './plan/rest-compiler.ts'
import type { RestPlanPorts } from './plan/stage-plan.ts'
import { createTestCalls } from './plan/test-calls.ts'
import type { Blobs } from './ports/blobs.ts'
import type { Clock } from './ports/clock.ts'
import type { Store } from './ports/store.ts'
import { openAddresses, type Reached } from './server/addresses.ts'
import { behindProxies } from './server/client-address.ts'
import { createDataPlane } from './server/data-plane.ts'
import { createDomainPlane } from './server/domain-plane.ts'
import { createFront } from './server/front.ts'
import type { Front } from './server/incoming.ts'
import type { VpcEndpoint } from './nouns/vpc-endpoint.ts'
import { throughVpcEndpoint } from './server/private-api.ts'
import { createManagement } from './server/management.ts'
import { callableByPages } from './server/page-calls.ts'
import { createPages, PageText, type Page, type Pages } from './server/pages.ts'
import { createServicePlane } from './server/service-plane.ts'
import { withoutForeignPages } from './server/web-page.ts'
import type { XrayInlet } from './server/xray-daemon.ts'
import type { Addresses } from './services/call.ts'
import { poolTokenIssuer, withPoolTokens } from './services/cognito-identity/pool-token.ts'
import { awsGuestRate } from './services/cognito-identity/guest-rate.ts'
import { createEndpoint, type Endpoint } from './services/endpoint.ts'
import { trusting, verifying, verifyingKnown } from './services/identity.ts'
import { codeLinkPath, createCodeLinks, type CodeLinks } from './services/lambda/code-links.ts'
import { createServices } from './services/index.ts'
import { createXrayService } from './services/xray/index.ts'
import { Sockets } from './sockets/sockets.ts'
import { createWebTokens } from './steps/authorize/web-tokens.ts'
import { sluiceVersion } from './version.ts'
import { openWorld, type World } from './world.ts'

/** The pieces that the two faces of the product, the process and `createGateway`, are made of. */
export interface Core {
  /** Everything on one port. */
  readonly front: Front
  /** APIs alone, and all the rest: for two ports. */
  readonly dataFront: Front
  readonly adminFront: Front
  /** Private APIs, as requests through a VPC endpoint reach them. */
  readonly vpcFront: (endpoint: VpcEndpoint) => Front
  readonly endpoint: Endpoint
  readonly store: Store
  readonly plans: Plans
  readonly sockets: Sockets
  readonly domains: Domains
  /** How many clients are connected is asked there; nobody's where there are no listeners. */
  readonly setClients: (count: () => number) => void
  /** The port that addresses name, and where functions make their AWS calls; known once there are listeners. */
  readonly setPort: (port: number, endpointUrl?: string, scheme?: Reached['scheme']) => void
  /** What stands behind the X-Ray port, and where functions find it. */
  readonly xray: { readonly inlet: XrayInlet; readonly setAddress: (address: string) => void }
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
  const codeLinks = createCodeLinks()
  const endpoint = openEndpoint(parts, world, { addresses, codeLinks })
  const services = callableByPages(createServicePlane(endpoint))
  let clients = (): number => 0
  return {
    ...openFronts(parts, world, {
      plans,
      sockets,
      codeLinks,
      services: parts.mode === 'dev' ? withoutForeignPages(services) : services,
      domainPlane: createDomainPlane({ domains, clock }),
      clients: () => clients(),
    }),
    endpoint,
    store,
    plans,
    sockets,
    domains,
    xray: { inlet: openXrayInlet(parts, world, addresses), setAddress: world.setXrayAddress },
    setClients: (count) => {
      clients = count
    },
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

/** What answers hand out. */
interface Handed {
  readonly addresses: Addresses
  readonly codeLinks: CodeLinks
}

/** The AWS services behind one endpoint. */
function openEndpoint(parts: GatewayParts, world: World, { addresses, codeLinks }: Handed): Endpoint {
  const { store, blobs, documents, connections, observability, limits, planPorts } = world
  const { functions, principals, clock, bug, traffic } = planPorts
  const isDev = parts.mode === 'dev'
  return createEndpoint({
    services: createServices({
      blobs,
      functions,
      codeLinks,
      store,
      folders: isDev,
      connections,
      testCalls: createTestCalls(planPorts),
      ...tokenParts(parts, world),
      trustsUnknownRoles: isDev,
      guestRate: isDev ? undefined : awsGuestRate,
      counters: traffic.counters,
      accountRate: traffic.account,
      ...observability,
    }),
    store,
    clock,
    ids: randomIds,
    addresses,
    identify: isDev ? trusting(parts, principals) : verifying(principals),
    identifyManager: isDev ? verifyingKnown(principals, parts) : verifying(principals),
    customIds: isDev,
    documents,
    objects: createFolderObjects(parts.bucketsFolder),
    limits,
    backends: parts.backends,
    warn: parts.log.warn,
    reachesIssuer: parts.checkIssuers === true ? (issuer) => planPorts.issuers.reaches(issuer) : undefined,
    bug,
  })
}

/** Whose tokens are taken for roles and identities. */
function tokenParts({ cognitoIssuers = new Map() }: GatewayParts, { store, planPorts }: World) {
  const identityPoolIssuer = cognitoIssuers.get(cognitoIdentityHost) ?? poolTokenIssuer
  const webTokens = withPoolTokens(createWebTokens(planPorts.issuers), store, identityPoolIssuer)
  return { webTokens, identityPoolIssuer, cognitoIssuers }
}

/** What programs of this machine may send and ask without credentials, as the gateway's own account. */
function openXrayInlet(
  parts: GatewayParts,
  { store, documents, observability, limits, planPorts }: World,
  addresses: Addresses,
): XrayInlet {
  const { account, region, clock } = parts
  const endpoint = createEndpoint({
    services: new Map([['xray', createXrayService(observability)]]),
    store,
    clock,
    ids: randomIds,
    addresses,
    identify: trusting({ account, region }),
    customIds: false,
    documents,
    limits,
    bug: planPorts.bug,
  })
  return {
    take: observability.xrayReceiver.take,
    ask: (path, body) => {
      const request = { method: 'POST', path, query: '', body }
      const headers = { host: 'xray.localhost', 'content-type': 'application/json' }
      return endpoint({
        wire: { ...request, headers },
        signed: { ...request, rawHeaders: Object.entries(headers).flat() },
      })
    },
  }
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
  readonly codeLinks: CodeLinks
  readonly services: ReturnType<typeof createServicePlane>
  readonly domainPlane: ReturnType<typeof createDomainPlane>
  readonly clients: () => number
}

/** One front for everything, and two for a gateway whose APIs have a port of their own. */
function openFronts(
  { mode, domain, clock, trustedProxies = [], vpcListeners = [] }: GatewayParts,
  { store, blobs, observability, planPorts }: World,
  { plans, sockets, codeLinks, services, domainPlane, clients }: Planes,
): Pick<Core, 'front' | 'dataFront' | 'adminFront' | 'vpcFront'> {
  // On a laptop private APIs are called like any, until somebody says where their endpoints are.
  const guardsPrivateApis = mode === 'serve' || vpcListeners.length > 0
  const dataPlane = createDataPlane({ plans, clock, sockets, guardsPrivateApis })
  const management = createManagement({ plans, services, dataPlane })
  const apis = { dataPlane, management, domainPlane, domain, impliesVpcEndpoints: !guardsPrivateApis }
  const vpcFront = behindProxies(createFront({ dataPlane, domainPlane, domain }), trustedProxies)
  const own = observability.pages(store, {
    clients,
    webSockets: () => sockets.counts().open,
    sandboxes: () => planPorts.functions.sandboxes(),
  })
  const code = codePage(codeLinks, blobs, clock)
  const pages = openPages(sockets, { ...own, open: { ...own.open, [codeLinkPath]: code } })
  return {
    front: behindProxies(createFront({ ...apis, services, pages }), trustedProxies),
    dataFront: behindProxies(createFront(apis), trustedProxies),
    adminFront: createFront({ services, pages, domain }),
    vpcFront: (endpoint) => throughVpcEndpoint(vpcFront, endpoint),
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

/** A function's code, to whoever was given a link to it. */
function codePage(links: CodeLinks, blobs: Blobs, clock: Clock): Page {
  return async ({ rest, query }) => {
    if (!links.isGood(rest, query, clock.now())) return undefined
    const zip = await blobs.get(rest)
    return zip && new PageText('application/zip', zip)
  }
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
