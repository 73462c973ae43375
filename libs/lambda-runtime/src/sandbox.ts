// A sandbox: one process that serves one function, one event at a time, until something ends it.
import type { Channel, ChannelListener } from './channel.ts'
import type { FunctionDefinition, InvokeResult, LogSink, RuntimeLimits } from './definition.ts'
import { Deadline } from './deadline.ts'
import { processEnvironment } from './env.ts'
import { responseTooLarge, RuntimeFault } from './faults.ts'
import type { SandboxEnd } from './faults.ts'
import { FloodBrake } from './flood.ts'
import { FrameChannel } from './frame-channel.ts'
import { Invocation } from './invocation.ts'
import type { Call } from './invocation.ts'
import { findLaunch } from './launch.ts'
import { LineSplitter, SandboxLog } from './log.ts'
import { residentMb } from './memory.ts'
import { SandboxProcess } from './process.ts'
import type { ProcessListener } from './process.ts'
import type { Reaper } from './reaper.ts'
import { RuntimeApi } from './runtime-api.ts'

/** The parts that all sandboxes of a runtime share. */
export interface SandboxHost {
  readonly limits: RuntimeLimits
  readonly log: LogSink | undefined
  readonly bootstrapFolder: string
  readonly endpointUrl: string | undefined
  readonly xrayDaemonAddress: string | undefined
  readonly reaper: Reaper
}

/** What one sandbox runs, and the callbacks about its state. */
export interface SandboxPlan {
  readonly definition: FunctionDefinition
  readonly codeFolder: string
  readonly initializationType: 'on-demand' | 'provisioned-concurrency'
  /** It answered and can take the next event. */
  readonly idle: (sandbox: Sandbox) => void
  /** It takes no more events; its process may still be going. */
  readonly ended: (sandbox: Sandbox) => void
}

/** A process that hung up has this long to exit by itself, so that its exit status is known. */
const hangUpMs = 100
/** The cost of one more line for the reader of a flood, in bytes. */
const lineBytes = 128

/** Never throws at its process's doings: whatever it does ends it, or shows in a result. */
export class Sandbox implements ChannelListener, ProcessListener {
  /** Settles when the handler is loaded, or the sandbox ended before that. */
  readonly started: Promise<void>
  /** Settles when the process has gone. */
  readonly gone: Promise<void>
  /** Monotonic milliseconds since when it waits for work. */
  idleSinceMs = 0
  readonly #host: SandboxHost
  readonly #plan: SandboxPlan
  readonly #log: SandboxLog
  readonly #splitters: Readonly<Record<'stdout' | 'stderr', LineSplitter>>
  readonly #brake: FloodBrake
  readonly #deadline: Deadline = new Deadline(() => this.#timeIsUp())
  readonly #resolveStarted: () => void
  readonly #resolveGone: () => void
  readonly #bornMs: number = performance.now()
  #process: SandboxProcess | undefined
  #channel: Channel | undefined
  #invocation: Invocation | undefined
  #end: SandboxEnd | undefined
  #wasReady = false
  #initDurationMs: number | undefined
  #maxMemoryMb = 0
  #isFlooding = false
  #isStreamFull = false

  constructor(host: SandboxHost, plan: SandboxPlan) {
    this.#host = host
    this.#plan = plan
    this.#log = new SandboxLog(plan.definition, host.log)
    const started = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    this.started = started.promise
    this.gone = gone.promise
    this.#resolveStarted = started.resolve
    this.#resolveGone = gone.resolve
    const splitter = (): LineSplitter =>
      new LineSplitter(host.limits.logLineBytes, (text) => this.logged(text, text.length))
    this.#splitters = { stdout: splitter(), stderr: splitter() }
    this.#brake = new FloodBrake(
      () => this.#hold({ isFlooding: true }),
      () => this.#hold({ isFlooding: false }),
    )
    // An init that takes too long goes on in the first invocation's own time, as on AWS, though without a restart.
    this.#deadline.set(host.limits.initTimeoutMs + plan.definition.timeoutMs)
    this.#start().catch((cause: unknown) => this.#refuse(cause))
  }

  get isEnded(): boolean {
    return this.#end !== undefined
  }

  get wasReady(): boolean {
    return this.#wasReady
  }

  /** Hands over an event; rejects only with a `RuntimeFault`. Of a sandbox that ended, the result says how. */
  invoke(call: Call): Promise<InvokeResult> {
    const { definition } = this.#plan
    const invocation = new Invocation(call, {
      definition,
      limits: this.#host.limits,
      log: this.#log,
      initDurationMs: this.#initDurationMs,
      maxMemoryUsedMb: () => this.#memoryUsedMb(),
    })
    this.#initDurationMs = undefined
    if (this.#end !== undefined) {
      invocation.interrupted(this.#end)
      return invocation.result
    }
    this.#invocation = invocation
    this.#deadline.set(definition.timeoutMs)
    this.#channel?.send(call.request, Date.now() + definition.timeoutMs)
    return invocation.result
  }

  /** Ends the sandbox at once; an invocation under way learns why. */
  end(end: SandboxEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#deadline.close()
    this.#brake.close()
    this.#process?.kill()
    this.#channel?.close()
    this.#resolveStarted()
    const invocation = this.#invocation
    this.#invocation = undefined
    invocation?.interrupted(end)
    this.#plan.ended(this)
  }

  /** Looks at the memory of a sandbox at work, and ends it when it holds too much. */
  watchMemory(): void {
    if (this.#invocation === undefined && this.#wasReady) return
    const heldMb = this.#measureMemory()
    if (heldMb > this.#plan.definition.memoryMb + this.#host.limits.memoryAllowanceMb) this.end({ kind: 'outOfMemory' })
  }

  ready(): void {
    if (this.#wasReady || this.#end !== undefined) return
    this.#deadline.clear()
    this.#wasReady = true
    this.#measureMemory()
    if (this.#plan.initializationType === 'on-demand') this.#initDurationMs = performance.now() - this.#bornMs
    this.#resolveStarted()
  }

  responded(payload: Uint8Array): void {
    this.#settle((invocation) => invocation.answered(payload))
  }

  respondedTooLarge(): void {
    this.#settle((invocation) => invocation.failed(responseTooLarge(this.#host.limits.responseBytes)))
  }

  failed(document: Uint8Array): void {
    this.#settle((invocation) => invocation.failed(document))
  }

  died(document: Uint8Array): void {
    this.#measureMemory()
    this.#take()?.failed(document, 'Runtime.ExitError')
    this.end({ kind: 'failed', document })
  }

  streamOpened(contentType: string): void {
    this.#invocation?.streamOpened(contentType)
  }

  streamed(chunk: Uint8Array): void {
    const invocation = this.#invocation
    const outcome = invocation?.streamed(chunk)
    if (outcome === 'full') {
      this.#hold({ isStreamFull: true })
      invocation?.whenDrained(() => this.#hold({ isStreamFull: false }))
    } else if (outcome === 'tooLarge') {
      this.#take()
      this.end({ kind: 'stopped' })
    }
  }

  streamEnded(failure?: Uint8Array): void {
    this.#settle((invocation) => invocation.streamEnded(failure))
  }

  logged(message: string, bytes: number): void {
    this.#brake.count(bytes + lineBytes)
    const limit = this.#host.limits.logLineBytes
    this.#log.write(message.length > limit ? message.slice(0, limit) : message)
  }

  broken(): void {
    setTimeout(() => this.end({ kind: 'exited', exitCode: 0 }), hangUpMs).unref()
  }

  output(source: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#end === undefined) this.#splitters[source].feed(chunk)
  }

  exited(end: SandboxEnd): void {
    if (this.#process?.pid !== undefined) this.#host.reaper.ended(this.#process.pid)
    this.#splitters.stdout.flush()
    this.#splitters.stderr.flush()
    this.end(end)
    this.#resolveGone()
  }

  async #start(): Promise<void> {
    const { definition, codeFolder, initializationType } = this.#plan
    const { bootstrapFolder, endpointUrl, xrayDaemonAddress, limits, reaper } = this.#host
    const launch = await findLaunch(definition, codeFolder, bootstrapFolder)
    if ('invalidEntrypoint' in launch) {
      return this.exited({ kind: 'invalidEntrypoint', message: launch.invalidEntrypoint })
    }
    const isRuntimeApi = launch.transport === 'runtimeApi'
    const api = isRuntimeApi ? await RuntimeApi.listen(this, limits.responseBytes) : undefined
    this.#channel = api
    if (this.#end !== undefined) {
      api?.close()
      return this.#resolveGone()
    }
    const logStreamName = this.#log.streamName
    const runtimeApi = api?.address
    const facts = { codeFolder, bootstrapFolder, logStreamName, initializationType }
    const place = { ...facts, endpointUrl, xrayDaemonAddress, runtimeApi }
    this.#process = new SandboxProcess(launch, codeFolder, processEnvironment(definition, place), this)
    if (this.#process.pid === undefined) return
    reaper.started(this.#process.pid)
    this.#channel ??= new FrameChannel(this.#process.socket, this, limits.responseBytes)
  }

  #refuse(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const fault =
      cause instanceof RuntimeFault
        ? cause
        : new RuntimeFault('SandboxStartFailed', `The sandbox could not be started: ${reason}`)
    this.exited({ kind: 'refused', fault })
  }

  /** The invocation that has just been answered, so that it is answered only once. */
  #take(): Invocation | undefined {
    const invocation = this.#invocation
    if (invocation === undefined) return undefined
    this.#invocation = undefined
    this.#deadline.clear()
    // The reader of a stream may lag behind its end; the next invocation must not wait for that.
    if (this.#isStreamFull) this.#hold({ isStreamFull: false })
    return invocation
  }

  /** Answers the invocation under way and becomes free; what a process says without one is not heard. */
  #settle(answer: (invocation: Invocation) => void): void {
    const invocation = this.#take()
    if (invocation === undefined) return
    answer(invocation)
    if (this.#end === undefined) this.#plan.idle(this)
  }

  /** Ends the sandbox, unless the moment's invocation (or start) is over after all. */
  #timeIsUp(): void {
    const invocation = this.#invocation
    const { timeoutMs } = this.#plan.definition
    // An answer that arrived while this process was busy elsewhere is read first.
    setImmediate(() => {
      const isOver = invocation === undefined ? this.#wasReady : this.#invocation !== invocation
      if (!isOver) this.end({ kind: 'timedOut', timeoutMs })
    })
  }

  #hold(change: { readonly isFlooding?: boolean; readonly isStreamFull?: boolean }): void {
    this.#isFlooding = change.isFlooding ?? this.#isFlooding
    this.#isStreamFull = change.isStreamFull ?? this.#isStreamFull
    if (this.#end !== undefined) return
    if (this.#isFlooding || this.#isStreamFull) this.#channel?.pause()
    else this.#channel?.resume()
    if (this.#isFlooding) this.#process?.pauseOutput()
    else this.#process?.resumeOutput()
  }

  #measureMemory(): number {
    const heldMb = this.#process?.pid === undefined ? undefined : residentMb(this.#process.pid)
    this.#maxMemoryMb = Math.max(this.#maxMemoryMb, heldMb ?? 0)
    return heldMb ?? 0
  }

  #memoryUsedMb(): number {
    if (this.#maxMemoryMb === 0) this.#measureMemory()
    return Math.min(this.#maxMemoryMb, this.#plan.definition.memoryMb)
  }
}
