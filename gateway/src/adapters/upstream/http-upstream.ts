// HTTP calls to backends: one pool of kept connections for each origin and its TLS options.
import { ByteBudget } from '../../nouns/byte-budget.ts'
import { UpstreamFault, type Backend, type Upstream, type UpstreamOptions } from '../../ports/upstream.ts'
import { Deadlines } from './deadlines.ts'
import type { Origin } from './connection.ts'
import { OriginPool } from './origin-pool.ts'

/** Origins may be made of requests (`http://{host}/`): unused ones are forgotten beyond this. */
const mostUnusedOrigins = 10_000

/** What answers that are read whole take together until they are whole: fifty of the largest. */
const bufferedBytes = 512 * 1024 * 1024

/** Close it to end all connections; calls under way fail. `room`: of answers that are read whole. */
export function createHttpUpstream(
  room: ByteBudget = new ByteBudget(bufferedBytes),
): Upstream & { close: () => Promise<void> } {
  const pools = new Map<string, OriginPool>()
  const deadlines = new Deadlines()
  return {
    to(origin, options) {
      const key = options === undefined ? origin : `${origin}\n${JSON.stringify(options)}`
      const known = pools.get(key)
      if (known !== undefined) return known
      const url = URL.parse(origin)
      if (url === null) return unreachable(origin)
      if (pools.size >= mostUnusedOrigins) forgetUnused(pools)
      const pool = new OriginPool(originOf(url, options), deadlines, room)
      pools.set(key, pool)
      return pool
    },
    close: async () => {
      for (const pool of pools.values()) pool.close()
      pools.clear()
    },
  }
}

function originOf({ protocol, hostname, port }: URL, options: UpstreamOptions | undefined): Origin {
  const isTls = protocol === 'https:'
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return { isTls, host, port: port === '' ? (isTls ? 443 : 80) : Number(port), options }
}

function forgetUnused(pools: Map<string, OriginPool>): void {
  for (const [key, pool] of pools) if (pool.isUnused) pools.delete(key)
}

/** A request's values can make an origin that names no host. */
function unreachable(origin: string): Backend {
  const refuse = async (): Promise<never> => {
    throw new UpstreamFault('refused', `${origin} is not the address of a backend`)
  }
  return { request: refuse, stream: refuse }
}
