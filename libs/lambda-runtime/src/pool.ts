// The sandboxes of one version of a function's code: reused while warm, started when none is free, drained when replaced.
import type { CodePlace } from './code.ts'
import type { FunctionDefinition, InvokeResult } from './definition.ts'
import type { Fleet } from './fleet.ts'
import type { Call } from './invocation.ts'
import { Sandbox } from './sandbox.ts'

/** A provisioned sandbox that ended is replaced after this time, so that one that always ends does no harm. */
const replaceAfterMs = 1000

/** Serves one definition until it is retired. */
export class Pool {
  readonly definition: FunctionDefinition
  readonly code: CodePlace
  readonly #fleet: Fleet
  readonly #sandboxes = new Set<Sandbox>()
  /** Idle sandboxes, the longest idle first. The last is used next, so that the first can grow old enough to end. */
  readonly #idle: Sandbox[] = []
  #isRetired = false
  readonly #drained: PromiseWithResolvers<void> = Promise.withResolvers<void>()
  #released: Promise<void> | undefined
  #replaceTimer: NodeJS.Timeout | undefined

  constructor(definition: FunctionDefinition, code: CodePlace, fleet: Fleet) {
    this.definition = definition
    this.code = code
    this.#fleet = fleet
    fleet.add(this)
    this.#provision()
  }

  /** Answers a call in a free sandbox or a new one. Throws `TooManyRequests` when there may be no more of them. */
  invoke(call: Call): Promise<InvokeResult> {
    const warm = this.#idle.pop()
    return warm === undefined ? this.#invokeCold(call) : warm.invoke(call)
  }

  /** Lets invocations under way finish, ends the rest, and lets go of the code. Resolves when all of that is done. */
  async retire(): Promise<void> {
    this.#isRetired = true
    clearTimeout(this.#replaceTimer)
    for (const sandbox of this.#idle.splice(0)) sandbox.end({ kind: 'stopped' })
    this.#checkDrained()
    await this.#drained.promise
    this.#fleet.remove(this)
    this.#released ??= this.code.release()
    await this.#released
  }

  /** Ends all sandboxes, busy or not. */
  stop(): void {
    for (const sandbox of this.#sandboxes) sandbox.end({ kind: 'stopped' })
  }

  /** Since when the longest idle sandbox is idle; undefined when none is. */
  get idleSinceMs(): number | undefined {
    return this.#idle[0]?.idleSinceMs
  }

  /** Ends the longest idle sandbox. */
  evict(): void {
    this.#idle.shift()?.end({ kind: 'stopped' })
  }

  /** Ends sandboxes that have been idle since before `sinceMs`, except those that are provisioned. */
  reap(sinceMs: number): void {
    const provisioned = this.definition.provisionedConcurrency ?? 0
    while ((this.idleSinceMs ?? sinceMs) < sinceMs && this.#liveCount() > provisioned) this.evict()
  }

  watchMemory(): void {
    for (const sandbox of this.#sandboxes) if (!sandbox.isEnded) sandbox.watchMemory()
  }

  async #invokeCold(call: Call): Promise<InvokeResult> {
    const sandbox = this.#launch('on-demand')
    await sandbox.started
    return sandbox.invoke(call)
  }

  #launch(initializationType: 'on-demand' | 'provisioned-concurrency'): Sandbox {
    this.#fleet.admit()
    const sandbox = new Sandbox(this.#fleet.host, {
      definition: this.definition,
      codeFolder: this.code.folder,
      initializationType,
      idle: (idle) => this.#becameIdle(idle),
      ended: (ended) => this.#ended(ended),
    })
    this.#sandboxes.add(sandbox)
    void this.#forgetWhenGone(sandbox)
    return sandbox
  }

  async #forgetWhenGone(sandbox: Sandbox): Promise<void> {
    await sandbox.gone
    this.#sandboxes.delete(sandbox)
    this.#checkDrained()
  }

  #becameIdle(sandbox: Sandbox): void {
    if (this.#isRetired) return sandbox.end({ kind: 'stopped' })
    sandbox.idleSinceMs = performance.now()
    this.#idle.push(sandbox)
  }

  #ended(sandbox: Sandbox): void {
    this.#fleet.left()
    const index = this.#idle.indexOf(sandbox)
    if (index !== -1) this.#idle.splice(index, 1)
    if (!sandbox.wasReady || this.#isRetired || this.definition.provisionedConcurrency === undefined) return
    this.#replaceTimer ??= setTimeout(() => {
      this.#replaceTimer = undefined
      if (!this.#isRetired) this.#provision()
    }, replaceAfterMs).unref()
  }

  /** Starts provisioned sandboxes that are missing, as far as the fleet has room. */
  #provision(): void {
    const missing = (this.definition.provisionedConcurrency ?? 0) - this.#liveCount()
    for (let count = 0; count < missing && this.#fleet.hasRoom; count++) {
      void this.#startProvisioned()
    }
  }

  async #startProvisioned(): Promise<void> {
    const sandbox = this.#launch('provisioned-concurrency')
    await sandbox.started
    if (!sandbox.isEnded) this.#becameIdle(sandbox)
  }

  #liveCount(): number {
    let live = 0
    for (const sandbox of this.#sandboxes) if (!sandbox.isEnded) live++
    return live
  }

  #checkDrained(): void {
    if (this.#isRetired && this.#sandboxes.size === 0) this.#drained.resolve()
  }
}
