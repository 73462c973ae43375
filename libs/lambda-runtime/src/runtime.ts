// The runtime as its users see it: functions are defined, invoked, replaced and removed by key.
import { randomUUID } from 'node:crypto'
import { findBootstrapFolder } from './bootstrap-folder.ts'
import { CodeStore } from './code.ts'
import type { CodePlace } from './code.ts'
import { defaultLimits } from './definition.ts'
import type {
  FunctionDefinition,
  FunctionHandle,
  InvokeOptions,
  InvokeResult,
  RuntimeLimits,
  RuntimeOptions,
  StreamInvocation,
} from './definition.ts'
import { checkEnvironment } from './env.ts'
import { RuntimeFault } from './faults.ts'
import { Fleet } from './fleet.ts'
import type { Call, StreamTarget } from './invocation.ts'
import { Pool } from './pool.ts'
import { Reaper } from './reaper.ts'
import { ChunkQueue } from './stream.ts'

/** Runs functions in processes of this machine. All refusals are `RuntimeFault`s. */
export interface LambdaRuntime {
  /**
   * Makes a function ready, or replaces the one with its key: invocations that come after it see the new code and
   * settings, those under way finish with the old. When it rejects, what was there stays.
   */
  define(definition: FunctionDefinition): Promise<FunctionHandle>
  /** Invokes with a payload of JSON, bytes or text, and waits for the whole answer. */
  invoke(key: string, payload: Uint8Array | string, options?: InvokeOptions): Promise<InvokeResult>
  /** Invokes and hands out the answer as it comes; resolves before its first byte. */
  invokeStream(key: string, payload: Uint8Array | string, options?: InvokeOptions): Promise<StreamInvocation>
  /** Removes a function; resolves when its invocations have finished and its processes are gone. */
  remove(key: string): Promise<void>
  /** Sandboxes that live now, busy and idle. */
  readonly sandboxes: number
  /** Ends every process at once and waits for that; invocations under way reject. */
  close(): Promise<void>
}

interface DefinedFunction {
  pool: Pool
  /** The place of its definition in the order of `define` calls: the last call wins, not the slowest. */
  turn: number
}

class LocalRuntime implements LambdaRuntime {
  readonly #limits: RuntimeLimits
  readonly #code: CodeStore
  readonly #fleet: Fleet
  readonly #reaper: Reaper
  readonly #functions = new Map<string, DefinedFunction>()
  /** Replaced and removed pools whose last invocations are under way. */
  readonly #retiring = new Set<Promise<void>>()
  #turns = 0
  #isClosed = false

  constructor(options: RuntimeOptions) {
    const limits: RuntimeLimits = { ...defaultLimits, ...options.limits }
    const bootstrapFolder = findBootstrapFolder(options.bootstrapFolder)
    const { log, endpointUrl, xrayDaemonAddress } = options
    this.#limits = limits
    this.#code = new CodeStore(options.folder, limits)
    this.#reaper = new Reaper(bootstrapFolder)
    this.#fleet = new Fleet({ limits, log, bootstrapFolder, endpointUrl, xrayDaemonAddress, reaper: this.#reaper })
  }

  async define(definition: FunctionDefinition): Promise<FunctionHandle> {
    const turn = ++this.#turns
    checkEnvironment(definition.environment ?? {})
    const code = await this.#code.acquire(definition.code)
    const { key } = definition
    if (this.#isClosed) {
      await code.release()
      throw new RuntimeFault('RuntimeClosed', 'The runtime is closed')
    }
    const known = this.#functions.get(key)
    if (known === undefined) {
      this.#functions.set(key, { pool: new Pool(definition, code, this.#fleet), turn })
    } else if (known.turn < turn) {
      const old = known.pool
      known.turn = turn
      known.pool = new Pool(definition, code, this.#fleet)
      void this.#retire(old)
    } else {
      await code.release()
    }
    return handleOf(key, code)
  }

  async invoke(key: string, payload: Uint8Array | string, options: InvokeOptions = {}): Promise<InvokeResult> {
    // Awaited, because returning the promise would cost further turns of the queue.
    return await this.#run(this.#admit(key, payload), payload, options, undefined)
  }

  async invokeStream(
    key: string,
    payload: Uint8Array | string,
    options: InvokeOptions = {},
  ): Promise<StreamInvocation> {
    const known = this.#admit(key, payload)
    const executedVersion = known.pool.definition.version
    const requestId = options.requestId ?? randomUUID()
    const queue = new ChunkQueue()
    const opening = Promise.withResolvers<string>()
    const stream = { queue, opened: opening.resolve }
    const completion = this.#run(known, payload, { ...options, requestId }, stream)
    // A caller who reads only the body learns of a failure there.
    completion.catch(() => {})
    const contentType = await Promise.race([opening.promise, completion.then(() => 'application/octet-stream')])
    return { requestId, executedVersion, contentType, body: queue, completion }
  }

  get sandboxes(): number {
    return this.#fleet.live
  }

  async remove(key: string): Promise<void> {
    const known = this.#functions.get(key)
    if (known === undefined) return
    this.#functions.delete(key)
    await this.#retire(known.pool)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#functions.clear()
    await this.#fleet.close()
    await Promise.all(this.#retiring)
    this.#reaper.close()
    await this.#code.close()
  }

  #retire(pool: Pool): Promise<void> {
    const retired = pool.retire().finally(() => this.#retiring.delete(retired))
    this.#retiring.add(retired)
    return retired
  }

  #run(
    known: DefinedFunction,
    payload: Uint8Array | string,
    options: InvokeOptions,
    stream: StreamTarget | undefined,
  ): Promise<InvokeResult> {
    const { definition } = known.pool
    const call: Call = {
      request: {
        requestId: options.requestId ?? randomUUID(),
        payload,
        invokedFunctionArn: options.invokedFunctionArn ?? definition.arn,
        traceHeader: options.traceHeader,
        clientContext: options.clientContext,
        cognitoIdentity: options.cognitoIdentity,
      },
      wantsTail: options.logType === 'Tail',
      stream,
    }
    return known.pool.invoke(call)
  }

  /** The function that may take one more event of this size; throws the fault that says why not. */
  #admit(key: string, payload: Uint8Array | string): DefinedFunction {
    if (this.#isClosed) throw new RuntimeFault('RuntimeClosed', 'The runtime is closed')
    const known = this.#functions.get(key)
    if (known === undefined) throw new RuntimeFault('FunctionNotFound', `Function not found: ${key}`)
    if (Buffer.byteLength(payload) > this.#limits.requestBytes) {
      throw new RuntimeFault(
        'RequestTooLarge',
        `Request must be smaller than ${this.#limits.requestBytes} bytes for the InvokeFunction operation`,
      )
    }
    return known
  }
}

function handleOf(key: string, code: CodePlace): FunctionHandle {
  return { key, codeSha256: code.sha256, codeSizeBytes: code.sizeBytes, codeFolder: code.folder }
}

/** Opens a runtime. Throws when its bootstraps cannot be found. */
export function createRuntime(options: RuntimeOptions): LambdaRuntime {
  return new LocalRuntime(options)
}
