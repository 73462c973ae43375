// Lines of log groups on their way to the functions that subscribed to them: as AWS packs them, never more in memory than allowed.
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Log } from '../log.ts'
import { logGroupArn } from '../nouns/log-group-arn.ts'
import type { Functions } from '../ports/functions.ts'
import { logEventId } from '../nouns/log-event-id.ts'
import type { KeptLines, LogEvent, LogPlace, LogSubscription } from '../ports/logs.ts'

/** Whether a filter pattern takes a message. */
type LineFilter = (message: string) => boolean

export interface LogSubscriptionsOptions {
  /** Throws for a pattern that cannot be read: those are refused when a group is subscribed to. */
  readonly compile: (pattern: string) => LineFilter
  readonly log: Log
  /** Text that waits to be packed and handed over; more is dropped. 16 MB when absent. */
  readonly maximumWaitingChars?: number
}

/** An event of a function takes 1 MB, and text that gzip finds nothing in grows by a third on its way. */
const maximumBatchChars = 512 * 1024
const maximumFilters = 1_000
const complainMs = 60_000

export class LogSubscriptions {
  private readonly options: LogSubscriptionsOptions
  private readonly maximumWaitingChars: number
  private readonly filters = new Map<string, LineFilter>()
  private readonly sending = new Set<Promise<void>>()
  private functions: Functions | undefined
  private waitingChars = 0
  private complainedAtMs = Number.NEGATIVE_INFINITY
  /** Lines that could not be handed over since the start. */
  dropped = 0

  constructor(options: LogSubscriptionsOptions) {
    this.options = options
    this.maximumWaitingChars = options.maximumWaitingChars ?? 16 * 1024 * 1024
  }

  /** Whom lines go to: functions write logs, so logs are opened before them. */
  deliverTo(functions: Functions): void {
    this.functions = functions
  }

  /** Lines that were written. Never waits and never throws. */
  readonly take = (kept: readonly KeptLines[]): void => {
    for (const { place, subscriptions, events } of kept) {
      for (const subscription of subscriptions) {
        const isTaken = this.filterOf(subscription.pattern)
        for (const batch of batchesOf(events.filter(({ message }) => isTaken(message))))
          this.start({ place, subscription, batch })
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.sending)
  }

  private filterOf(pattern: string): LineFilter {
    let filter = this.filters.get(pattern)
    if (filter === undefined) {
      if (this.filters.size >= maximumFilters) this.filters.clear()
      this.filters.set(pattern, (filter = this.options.compile(pattern)))
    }
    return filter
  }

  private start(delivery: Delivery): void {
    const chars = charsOf(delivery.batch)
    if (this.waitingChars + chars > this.maximumWaitingChars)
      return this.drop(delivery, new Error('too many lines wait'))
    this.waitingChars += chars
    const sent = this.send(delivery)
      .catch((error: unknown) => this.drop(delivery, error))
      .finally(() => {
        this.waitingChars -= chars
        this.sending.delete(sent)
      })
    this.sending.add(sent)
  }

  /** The function is invoked asynchronously: what it makes of it, and its retries, are Lambda's. */
  private async send({ place, subscription, batch }: Delivery): Promise<void> {
    const { scope, group, stream } = place
    const message = {
      messageType: 'DATA_MESSAGE',
      owner: scope.account,
      logGroup: group,
      logStream: stream,
      subscriptionFilters: [subscription.name],
      logEvents: batch.map((event) => ({
        id: logEventId(event),
        timestamp: event.timestampMs,
        message: event.message,
      })),
    }
    const data = (await promisify(gzip)(JSON.stringify(message))).toString('base64')
    await this.functions?.invoke({
      functionArn: subscription.destinationArn,
      payload: JSON.stringify({ awslogs: { data } }),
      type: 'Event',
      principal: subscription.principal,
      sourceArn: `${logGroupArn(scope, group)}:*`,
    })
  }

  private drop({ place, subscription, batch }: Delivery, error: unknown): void {
    this.dropped += batch.length
    const nowMs = Date.now()
    if (nowMs - this.complainedAtMs < complainMs) return
    this.complainedAtMs = nowMs
    this.options.log.warn(
      { logGroup: place.group, subscription: subscription.name, dropped: this.dropped, why: (error as Error).message },
      'lines for a subscription were dropped: its function did not take them',
    )
  }
}

interface Delivery {
  readonly place: LogPlace
  readonly subscription: LogSubscription
  readonly batch: readonly LogEvent[]
}

function charsOf(events: readonly LogEvent[]): number {
  let chars = 0
  for (const { message } of events) chars += message.length
  return chars
}

/** At least one line each. */
function batchesOf(events: readonly LogEvent[]): LogEvent[][] {
  const batches: LogEvent[][] = []
  let chars = Number.POSITIVE_INFINITY
  for (const event of events) {
    chars += event.message.length
    if (chars > maximumBatchChars) {
      batches.push([])
      chars = event.message.length
    }
    batches.at(-1)?.push(event)
  }
  return batches
}
