// Several targets that stand for one backend: calls go to them in turn, and past those that take no connection.
import { originsOf, type Backends } from '../../nouns/backends.ts'
import type { Scope } from '../../nouns/records.ts'
import type { Clock } from '../../ports/clock.ts'
import type { VpcLinks } from '../../ports/vpc-links.ts'
import {
  UpstreamFault,
  type Backend,
  type Upstream,
  type UpstreamOptions,
  type UpstreamRequest,
} from '../../ports/upstream.ts'

/** Own: a target that took no connection is left alone for so long, unless all are. */
const restMs = 5_000

/**
 * An upstream whose every origin is one of `origins`, at least one. HTTP 8.2: requests are spread over the healthy ones.
 * An `https` origin that is none of them says that TLS is spoken to all, and the name that they show. REST 3.9.
 */
export function spreadOver(upstream: Upstream, origins: readonly string[], clock: Clock): Upstream {
  const spread = new Map<string, Backend>()
  return {
    to: (origin, options) => {
      const isNamed = origin.startsWith('https:') && !origins.includes(origin)
      const key = `${isNamed ? origin : ''} ${JSON.stringify(options ?? null)}`
      let backend = spread.get(key)
      if (backend === undefined) {
        const parts = isNamed ? overTls(origins, new URL(origin).hostname, options) : { origins, options }
        spread.set(key, (backend = new Spread(upstream, { ...parts, clock })))
      }
      return backend
    },
  }
}

/** The link that an integration goes over, and what the configuration says of its load balancer. */
export interface LinkRoute {
  readonly links: VpcLinks
  readonly scope: Scope
  readonly vpcLinkId: string
  readonly backends: Backends
  readonly clock: Clock
}

/** An upstream over a link that names its load balancer: where that leads by configuration, else the URI's own host. REST 3.9. */
export function throughLink(upstream: Upstream, { links, scope, vpcLinkId, backends, clock }: LinkRoute): Upstream {
  if (backends.size === 0) return upstream
  const byArn = new Map<string, Upstream>()
  const reached = async (): Promise<Upstream> => {
    const arn = await links.targetArn(scope, vpcLinkId)
    const origins = arn === undefined ? undefined : originsOf(backends, arn)
    if (arn === undefined || origins === undefined) return upstream
    let found = byArn.get(arn)
    if (found === undefined) byArn.set(arn, (found = spreadOver(upstream, origins, clock)))
    return found
  }
  return {
    to: (origin, options) => ({
      request: async (request) => (await reached()).to(origin, options).request(request),
      stream: async (request) => (await reached()).to(origin, options).stream(request),
    }),
  }
}

type Reaching = Pick<SpreadParts, 'origins' | 'options'>

function overTls(origins: readonly string[], serverName: string, options: UpstreamOptions | undefined): Reaching {
  return {
    origins: origins.map((origin) => origin.replace(/^http:/, 'https:')),
    options: { serverName, ...options },
  }
}

interface Target {
  readonly backend: Backend
  restsUntilMs: number
}

interface SpreadParts {
  readonly origins: readonly string[]
  readonly options: UpstreamOptions | undefined
  readonly clock: Clock
}

class Spread implements Backend {
  private readonly targets: readonly Target[]
  private readonly clock: Clock
  private next = 0

  constructor(upstream: Upstream, { origins, options, clock }: SpreadParts) {
    this.targets = origins.map((origin) => ({ backend: upstream.to(origin, options), restsUntilMs: 0 }))
    this.clock = clock
  }

  request(request: UpstreamRequest): ReturnType<Backend['request']> {
    return this.try(request, (backend, left) => backend.request(left))
  }

  stream(request: UpstreamRequest): ReturnType<Backend['stream']> {
    return this.try(request, (backend, left) => backend.stream(left))
  }

  /** A target that refuses has seen nothing of the request: the next one may have it, within the same time. */
  private async try<Answer>(
    request: UpstreamRequest,
    call: (backend: Backend, request: UpstreamRequest) => Promise<Answer>,
  ): Promise<Answer> {
    const untilMs = this.clock.now() + request.timeoutMs
    let refusal: UpstreamFault | undefined
    for (const target of this.inTurn()) {
      const timeoutMs = untilMs - this.clock.now()
      if (timeoutMs <= 0) break
      try {
        return await call(target.backend, { ...request, timeoutMs })
      } catch (error) {
        if (!(error instanceof UpstreamFault) || error.reason !== 'refused') throw error
        target.restsUntilMs = this.clock.now() + restMs
        refusal = error
      }
    }
    throw refusal ?? new UpstreamFault('timeout', 'the backend did not answer in time')
  }

  /** All targets from the one whose turn it is; those that rest come last. */
  private inTurn(): readonly Target[] {
    const { targets, next } = this
    this.next = (next + 1) % targets.length
    const ordered = [...targets.slice(next), ...targets.slice(0, next)]
    const nowMs = this.clock.now()
    const isReady = ({ restsUntilMs }: Target): boolean => restsUntilMs <= nowMs
    return ordered.every(isReady)
      ? ordered
      : [...ordered.filter(isReady), ...ordered.filter((target) => !isReady(target))]
  }
}
