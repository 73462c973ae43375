// Functions that run on this machine, in the Lambda runtime; what is not here goes to `remote`.
import { randomUUID } from 'node:crypto'
import type { InvokeOptions, InvokeResult, LambdaRuntime, StreamInvocation } from '@sluice/lambda-runtime'
import type { Log } from '../log.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Clock } from '../ports/clock.ts'
import type { EventInvokeRecord } from '../nouns/function-records.ts'
import type { Logs } from '../ports/logs.ts'
import {
  FunctionFault,
  type FunctionAnswer,
  type FunctionCall,
  type Functions,
  type StreamedAnswer,
} from '../ports/functions.ts'
import type { Roles } from '../ports/roles.ts'
import type { Store } from '../ports/store.ts'
import type { Segments } from '../ports/traces.ts'
import { authorizeCalls, type AuthorizeCall } from './function-authorization.ts'
import { withinTime } from './function-deadline.ts'
import { FunctionConcurrency } from './function-concurrency.ts'
import { FunctionDefinitions, type DefinitionParts } from './function-definitions.ts'
import { FunctionEvents } from './function-events.ts'
import { functionFault, functionNotFound } from './function-faults.ts'
import { functionLines } from './function-lines.ts'
import { beginFunctionTrace } from './function-segments.ts'
import { FunctionLookup, pickTarget, type FoundFunction, type FunctionTarget } from './function-lookup.ts'

export interface LocalFunctionsParts {
  readonly store: Store
  readonly blobs: Blobs
  readonly clock: Clock
  readonly log: Log
  /** Takes the lines that functions write. */
  readonly logs: Pick<Logs, 'append'>
  /** Where unpacked code may be put. */
  readonly codeFolder: string
  /** Where functions that are not here are invoked. */
  readonly remote: Functions | undefined
  /** What functions are given as AWS_ENDPOINT_URL; read when the first one is invoked. */
  readonly endpointUrl: () => string | undefined
  /** What functions are given as AWS_XRAY_DAEMON_ADDRESS; read when the first one is invoked. Absent: nothing. */
  readonly xrayAddress?: () => string | undefined
  /** Where the segments of traced invocations go; absent: nowhere. */
  readonly segments?: Segments
  readonly credentials: DefinitionParts['credentials']
  /** Takes on the roles that calls name. */
  readonly roles: Roles
  /** Whether a service needs a permission: of the function's resource policy, or of the role as which it calls. */
  readonly enforcePermissions: boolean
}

/** An asynchronous invocation, its payload as bytes. */
type EventCall = FunctionCall & { readonly payload: Uint8Array }

/** Which version runs, under which id. */
interface Beginning {
  readonly target: FunctionTarget
  readonly requestId: string
}

/** Largest payload of an asynchronous invocation. Source: Lambda quotas. */
const eventPayloadBytes = 1_048_576

const empty = new Uint8Array(0)

/** Functions with processes of this machine behind them. */
export interface LocalFunctionsOpen extends Functions {
  /** Processes that live now, busy and idle. */
  readonly sandboxes: () => number
  readonly close: () => Promise<void>
}

export function createLocalFunctions(parts: LocalFunctionsParts): LocalFunctionsOpen {
  return new LocalFunctions(parts)
}

class LocalFunctions implements LocalFunctionsOpen {
  private readonly parts: LocalFunctionsParts
  private readonly lookup: FunctionLookup
  private readonly definitions: FunctionDefinitions
  private readonly events: FunctionEvents
  private readonly authorize: AuthorizeCall
  private readonly concurrency = new FunctionConcurrency()
  private opening: Promise<LambdaRuntime> | undefined
  private opened: LambdaRuntime | undefined
  private isClosed = false

  constructor(parts: LocalFunctionsParts) {
    const { store, blobs, clock, log, credentials } = parts
    this.parts = parts
    this.definitions = new FunctionDefinitions({ runtime: () => this.runtime(), blobs, clock, credentials })
    this.lookup = new FunctionLookup(store, (key) => {
      this.definitions.remove(key).catch((error: unknown) => log.error({ error, key }, 'a function was not removed'))
    })
    this.events = new FunctionEvents(clock, log)
    this.authorize = authorizeCalls(parts)
  }

  async invoke(call: FunctionCall): Promise<FunctionAnswer> {
    const looked = this.lookup.find(call.functionArn)
    const found = looked instanceof Promise ? await looked : looked
    if (found === undefined) return this.remoteOf(call).invoke(call)
    const authorizing = this.authorize(call, found.permission)
    if (authorizing !== undefined) await authorizing
    const requestId = randomUUID()
    // Awaited, because an async function that returns a promise settles some turns later.
    if (call.type === 'RequestResponse') return await this.answer(call, found, requestId)
    const status = call.type === 'Event' ? 202 : 204
    const payload = bytesOf(call.payload)
    if (call.type === 'Event') this.enqueue({ ...call, payload }, requestId, found.eventInvoke)
    return { status, payload: empty, executedVersion: found.primary.version, requestId, logTail: '' }
  }

  async stream(call: FunctionCall): Promise<StreamedAnswer> {
    const looked = this.lookup.find(call.functionArn)
    const found = looked instanceof Promise ? await looked : looked
    if (found === undefined) return this.remoteOf(call).stream(call)
    const authorizing = this.authorize(call, found.permission)
    if (authorizing !== undefined) await authorizing
    const requestId = randomUUID()
    try {
      return await withinTime(this.parts.clock, call, this.streamFrom(call, found, requestId))
    } catch (error) {
      throw functionFault(error)
    }
  }

  readonly sandboxes = (): number => this.opened?.sandboxes ?? 0

  readonly close = async (): Promise<void> => {
    this.isClosed = true
    this.lookup.close()
    this.events.close()
    this.definitions.close()
    if (this.opening !== undefined) await (await this.opening).close()
  }

  private async answer(call: FunctionCall, found: FoundFunction, requestId: string): Promise<FunctionAnswer> {
    try {
      const result = await withinTime(this.parts.clock, call, this.run(call, found, requestId))
      return {
        status: 200,
        payload: result.payload,
        functionError: result.functionError,
        executedVersion: result.executedVersion,
        requestId: result.requestId,
        logTail: result.logTail ?? '',
      }
    } catch (error) {
      throw functionFault(error)
    }
  }

  /** Throws, or rejects with, what the runtime says; no promise but the runtime's own where nothing has to be made ready. */
  private run(call: FunctionCall, found: FoundFunction, requestId: string): Promise<InvokeResult> {
    const leave = this.concurrency.enter(found)
    const target = pickTarget(found)
    const preparing = this.definitions.prepare(target)
    const { opened } = this
    const running =
      preparing === undefined && opened !== undefined
        ? this.begin(opened, call, { target, requestId })
        : this.beginWhenReady(preparing, call, { target, requestId })
    return leave === undefined ? running : running.finally(leave)
  }

  private async beginWhenReady(
    preparing: Promise<void> | undefined,
    call: FunctionCall,
    beginning: Beginning,
  ): Promise<InvokeResult> {
    await preparing
    return this.begin(await this.runtime(), call, beginning)
  }

  private begin(runtime: LambdaRuntime, call: FunctionCall, { target, requestId }: Beginning): Promise<InvokeResult> {
    const trace = beginFunctionTrace(call, requestId, this.parts)
    const running = runtime.invoke(target.key, call.payload, optionsOf(trace?.call ?? call, requestId))
    return trace === undefined ? running : trace.ended(running)
  }

  private async streamFrom(call: FunctionCall, found: FoundFunction, requestId: string): Promise<StreamedAnswer> {
    const leave = this.concurrency.enter(found)
    const opened = await this.openStream(call, pickTarget(found), requestId).catch((error: unknown) => {
      leave?.()
      throw error
    })
    if (leave !== undefined) opened.completion.then(leave, leave)
    const end = opened.completion.then(({ functionError, payload, logTail = '' }) => ({
      functionError,
      payload,
      logTail,
    }))
    // A reader of the chunks learns of a failure from them, and may never look at `end`.
    end.catch(() => {})
    return {
      chunks: opened.body,
      contentType: opened.contentType,
      end,
      executedVersion: opened.executedVersion,
      requestId: opened.requestId,
    }
  }

  private async openStream(call: FunctionCall, target: FunctionTarget, requestId: string): Promise<StreamInvocation> {
    await this.definitions.prepare(target)
    const runtime = await this.runtime()
    const trace = beginFunctionTrace(call, requestId, this.parts)
    const options = optionsOf(trace?.call ?? call, requestId)
    const opened = await runtime.invokeStream(target.key, call.payload, options)
    trace?.ended(opened.completion).catch(() => {})
    return opened
  }

  private enqueue(call: EventCall, requestId: string, settings: EventInvokeRecord | undefined): void {
    const { functionArn, payload } = call
    if (payload.length > eventPayloadBytes) {
      throw new FunctionFault('too-large', {
        status: 413,
        code: 'RequestTooLargeException',
        message: `${payload.length} byte payload is too large for the Event invocation type (limit ${eventPayloadBytes} bytes)`,
      })
    }
    const kept: FunctionCall = { ...call, type: 'RequestResponse', timeoutMs: undefined }
    const run = async (): Promise<FunctionAnswer> => {
      // Looked up again: a retry comes minutes later, and runs what is deployed then.
      const found = await this.lookup.find(functionArn)
      if (found === undefined) throw functionNotFound(functionArn)
      return this.answer(kept, found, requestId)
    }
    this.events.accept({ functionArn, requestId, payloadBytes: payload.length, ...settings, run })
  }

  private remoteOf({ functionArn }: FunctionCall): Functions {
    if (this.parts.remote === undefined) throw functionNotFound(functionArn)
    return this.parts.remote
  }

  /** Loaded at the first invocation: many gateways run no function, and their start should not wait for it. */
  private runtime(): Promise<LambdaRuntime> {
    this.opening ??= this.open()
    return this.opening
  }

  private async open(): Promise<LambdaRuntime> {
    const { log, logs, codeFolder, endpointUrl, xrayAddress } = this.parts
    const { createRuntime } = await import('@sluice/lambda-runtime')
    const url = endpointUrl()
    const xrayDaemonAddress = xrayAddress?.()
    const runtime = createRuntime({
      folder: codeFolder,
      log: functionLines(logs, log),
      ...(url !== undefined && { endpointUrl: url }),
      ...(xrayDaemonAddress !== undefined && { xrayDaemonAddress }),
    })
    if (this.isClosed) await runtime.close()
    this.opened = runtime
    return runtime
  }
}

function bytesOf(payload: Uint8Array | string): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}

function optionsOf({ functionArn, traceId, clientContext, logTail }: FunctionCall, requestId: string): InvokeOptions {
  return {
    requestId,
    invokedFunctionArn: functionArn,
    traceHeader: traceId,
    clientContext,
    logType: logTail === true ? 'Tail' : 'None',
  }
}
