// All sandboxes of a runtime: limits their number, ends idle ones when there are too many, and watches their memory.
import { RuntimeFault } from './faults.ts'
import type { Pool } from './pool.ts'
import type { SandboxHost } from './sandbox.ts'

const watchEveryMs = 200

/** Counts the sandboxes of every pool. */
export class Fleet {
  readonly host: SandboxHost
  readonly #pools = new Set<Pool>()
  readonly #timer: NodeJS.Timeout
  #live = 0
  #isClosed = false

  constructor(host: SandboxHost) {
    this.host = host
    this.#timer = setInterval(() => this.#watch(), watchEveryMs).unref()
  }

  add(pool: Pool): void {
    this.#pools.add(pool)
  }

  remove(pool: Pool): void {
    this.#pools.delete(pool)
  }

  /** The number of living sandboxes. */
  get live(): number {
    return this.#live
  }

  get hasRoom(): boolean {
    return !this.#isClosed && this.#live < this.host.limits.sandboxes
  }

  /** Counts a new sandbox; when there are too many, the one that has been idle longest is ended. Throws `TooManyRequests`. */
  admit(): void {
    if (this.#isClosed) throw new RuntimeFault('RuntimeClosed', 'The runtime is closed')
    if (!this.hasRoom) this.#oldestIdle()?.evict()
    if (!this.hasRoom) throw new RuntimeFault('TooManyRequests', 'Rate Exceeded.', 'ConcurrentInvocationLimitExceeded')
    this.#live++
  }

  /** Counts a sandbox that has ended. */
  left(): void {
    this.#live--
  }

  /** Ends all sandboxes and waits until their processes and their code are gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    const pools = [...this.#pools]
    for (const pool of pools) pool.stop()
    await Promise.all(pools.map((pool) => pool.retire()))
  }

  #oldestIdle(): Pool | undefined {
    let oldest: Pool | undefined
    for (const pool of this.#pools) {
      if ((pool.idleSinceMs ?? Infinity) < (oldest?.idleSinceMs ?? Infinity)) oldest = pool
    }
    return oldest
  }

  #watch(): void {
    const sinceMs = performance.now() - this.host.limits.idleTimeoutMs
    for (const pool of this.#pools) {
      pool.watchMemory()
      pool.reap(sinceMs)
    }
  }
}
