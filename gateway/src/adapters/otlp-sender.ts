// Sends batches to an OTLP receiver over HTTP: bounded in memory, patient with one that is busy, and never in anybody's way.
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'

/** Where a signal goes. */
export interface OtlpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly isCompressed: boolean
}

export interface OtlpSenderOptions<Item> {
  /** For the log. */
  readonly signal: 'traces' | 'metrics'
  readonly target: OtlpTarget
  readonly clock: Clock
  readonly log: Log
  /** The message of a batch. */
  readonly encode: (items: readonly Item[]) => object
  /** A request has at most so many items. 512 when absent. */
  readonly batchItems?: number
  /** More items than these do not wait: they are dropped. 2,048 when absent. */
  readonly maximumWaiting?: number
  /** A batch that is not full goes after so long. 5 s when absent. */
  readonly delayMs?: number
}

const mostAttempts = 5
const firstBackoffMs = 1_000
const longestBackoffMs = 30_000
const complainMs = 60_000
/** When the gateway stops, what waits has this long to get out. */
const farewellMs = 5_000
/** No more of an answer is read: what counts in it are a few words about rejected items. */
const longestAnswerBytes = 64 * 1024
/** A receiver that says one of these will take the batch later. Specification: OTLP/HTTP, "Retryable Response Codes". */
const retried: ReadonlySet<number> = new Set([429, 502, 503, 504])

type Outcome =
  | { readonly kind: 'taken'; readonly rejected: number; readonly why: string | undefined }
  | { readonly kind: 'later'; readonly waitMs: number | undefined; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }

export class OtlpSender<Item> {
  private readonly options: Required<OtlpSenderOptions<Item>>
  private waiting: Item[] = []
  private sending: Promise<void> | undefined
  private stopTimer: (() => void) | undefined
  private wake: (() => void) | undefined
  private complainedAtMs = Number.NEGATIVE_INFINITY
  /** Epoch milliseconds on the machine's clock; undefined until the gateway stops. */
  private deadlineMs: number | undefined
  dropped = 0

  constructor(options: OtlpSenderOptions<Item>) {
    this.options = { batchItems: 512, maximumWaiting: 2_048, delayMs: 5_000, ...options }
  }

  /** Never waits and never throws. */
  put(items: readonly Item[]): void {
    const { maximumWaiting, batchItems, clock, delayMs } = this.options
    const room = this.deadlineMs === undefined ? maximumWaiting - this.waiting.length : 0
    if (items.length > room) this.drop(items.length - Math.max(0, room), 'more came than could be sent')
    this.waiting.push(...items.slice(0, Math.max(0, room)))
    if (this.waiting.length >= batchItems) this.start()
    else if (this.waiting.length > 0) this.stopTimer ??= clock.after(delayMs, () => this.start())
  }

  /** Tries once more to send what waits, for five seconds at most. */
  async close(): Promise<void> {
    this.deadlineMs = Date.now() + farewellMs
    this.wake?.()
    await this.sending
    this.start()
    await this.sending
  }

  private start(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
    this.sending ??= this.drain().finally(() => {
      this.sending = undefined
      if (this.waiting.length > 0 && this.deadlineMs === undefined) {
        this.stopTimer ??= this.options.clock.after(this.options.delayMs, () => this.start())
      }
    })
  }

  private async drain(): Promise<void> {
    const { batchItems } = this.options
    do {
      const batch = this.waiting.splice(0, batchItems)
      if (batch.length > 0) await this.deliver(batch)
    } while (this.waiting.length >= (this.deadlineMs === undefined ? batchItems : 1))
  }

  private async deliver(batch: readonly Item[]): Promise<void> {
    const body = JSON.stringify(this.options.encode(batch))
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.post(body)
      if (outcome.kind === 'taken') {
        if (outcome.rejected > 0) this.drop(outcome.rejected, outcome.why)
        return
      }
      const isLast = attempt === mostAttempts || this.deadlineMs !== undefined
      if (outcome.kind === 'refused' || isLast) return this.drop(batch.length, outcome.why)
      await this.pause(outcome.waitMs ?? backoffMs(attempt))
    }
  }

  private async post(text: string): Promise<Outcome> {
    const { url, headers, timeoutMs, isCompressed } = this.options.target
    const leftMs = this.deadlineMs === undefined ? timeoutMs : Math.min(timeoutMs, this.deadlineMs - Date.now())
    if (leftMs <= 0) return { kind: 'refused', why: 'the gateway stops' }
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          ...(isCompressed && { 'content-encoding': 'gzip' }),
        },
        body: isCompressed ? await promisify(gzip)(text) : text,
        redirect: 'manual',
        signal: AbortSignal.timeout(leftMs),
      })
      return await outcomeOf(response)
    } catch (error) {
      return { kind: 'later', waitMs: undefined, why: reasonOf(error) }
    }
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(delayMs, resolve)
      this.wake = () => {
        cancel()
        resolve()
      }
    })
  }

  private drop(items: number, why: string | undefined): void {
    this.dropped += items
    const nowMs = this.options.clock.now()
    if (nowMs - this.complainedAtMs < complainMs) return
    this.complainedAtMs = nowMs
    const { signal, target, log } = this.options
    log.warn({ signal, url: target.url, dropped: this.dropped, why }, 'telemetry could not be exported and was dropped')
  }
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const text = await firstBytes(response)
  if (response.ok) return { kind: 'taken', ...partialSuccess(text) }
  const why = `the receiver answered ${response.status}: ${text.slice(0, 200)}`
  if (!retried.has(response.status)) return { kind: 'refused', why }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const waitMs = seconds >= 0 ? Math.min(seconds * 1000, longestBackoffMs) : undefined
  return { kind: 'later', waitMs, why }
}

async function firstBytes(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > longestAnswerBytes) break
  }
  return Buffer.concat(chunks).toString()
}

/** `{"partialSuccess":{"rejectedSpans":"3","errorMessage":"…"}}` */
function partialSuccess(text: string): { readonly rejected: number; readonly why: string | undefined } {
  try {
    const { partialSuccess: partial = {} } = JSON.parse(text) as { partialSuccess?: Record<string, unknown> }
    const rejected = Number(partial['rejectedSpans'] ?? partial['rejectedDataPoints'] ?? 0)
    const why = typeof partial['errorMessage'] === 'string' ? partial['errorMessage'] : undefined
    return { rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0, why }
  } catch {
    // An answer that is no JSON: the receiver said 200, and that is what counts.
    return { rejected: 0, why: undefined }
  }
}

/** `fetch failed: connect ECONNREFUSED 127.0.0.1:4318` */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}

/** 1, 2, 4, 8 seconds, each half as long or half longer: many gateways must not come back at once. */
function backoffMs(attempt: number): number {
  return Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1)) * (0.5 + Math.random())
}
