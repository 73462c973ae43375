// Access log lines to Amazon Data Firehose: gathered into signed PutRecordBatch calls, never more in memory than allowed.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { DeliveryStream } from '../nouns/delivery-stream-arn.ts'
import type { Aws } from '../ports/aws.ts'
import type { Deliveries } from '../ports/deliveries.ts'

export interface FirehoseOptions {
  /** Undefined: neither an endpoint nor credentials are known, so every line is dropped, and said. */
  readonly aws: Aws | undefined
  readonly log: Log
  /** Lines that wait to be delivered; more are dropped. 16 MB when absent. */
  readonly maximumWaitingBytes?: number
  /** How long a failed call waits before it is tried again, twice as long each time. 500 when absent. */
  readonly retryMs?: number
}

/** Of PutRecordBatch. https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
const maximumRecords = 500
const maximumBatchBytes = 4 * 1024 * 1024
const maximumRecordBytes = 1_000 * 1024
const flushDelayMs = 1_000
const timeoutMs = 10_000
const attempts = 3
const complainMs = 60_000

/** What waits for one stream. */
interface Queue {
  readonly stream: DeliveryStream
  records: Buffer[]
}

class FirehoseDeliveries implements Deliveries {
  private readonly options: FirehoseOptions
  private readonly maximumWaitingBytes: number
  private readonly queues = new Map<string, Queue>()
  private waitingBytes = 0
  private droppedLines = 0
  private readonly complainedAtMs = new Map<string, number>()
  private timer: NodeJS.Timeout | undefined
  private sending: Promise<void> | undefined
  private isClosing = false

  constructor(options: FirehoseOptions) {
    this.options = options
    this.maximumWaitingBytes = options.maximumWaitingBytes ?? 16 * 1024 * 1024
  }

  readonly write = (stream: DeliveryStream, line: string): void => {
    if (this.options.aws === undefined) {
      return this.drop(stream, 1, 'set AWS_ENDPOINT_URL_FIREHOSE, or AWS_ACCESS_KEY_ID and its companions')
    }
    const record = Buffer.from(`${line}\n`)
    if (record.length > maximumRecordBytes) return this.drop(stream, 1, 'the line is longer than a record may be')
    if (this.waitingBytes + record.length > this.maximumWaitingBytes) return this.drop(stream, 1, 'too many lines wait')
    this.waitingBytes += record.length
    const { records } = this.queueOf(stream)
    records.push(record)
    if (records.length >= maximumRecords) this.start()
    else if (this.sending === undefined) this.timer ??= setTimeout(this.start, flushDelayMs).unref()
  }

  readonly dropped = (): number => this.droppedLines

  readonly close = async (): Promise<void> => {
    this.isClosing = true
    this.start()
    await this.sending
  }

  private queueOf(stream: DeliveryStream): Queue {
    const key = keyOf(stream)
    let queue = this.queues.get(key)
    if (queue === undefined) this.queues.set(key, (queue = { stream, records: [] }))
    return queue
  }

  private readonly start = (): void => {
    clearTimeout(this.timer)
    this.timer = undefined
    this.sending ??= this.sendAll()
  }

  private async sendAll(): Promise<void> {
    // At once would be before `sending` is set, where nothing waits.
    await Promise.resolve()
    for (let queue = this.nextQueue(); queue !== undefined; queue = this.nextQueue()) {
      const batch = takeBatch(queue)
      this.queues.delete(keyOf(queue.stream))
      if (queue.records.length > 0) this.queues.set(keyOf(queue.stream), queue)
      await this.deliver(queue.stream, batch)
      for (const { length } of batch) this.waitingBytes -= length
    }
    this.sending = undefined
  }

  private nextQueue(): Queue | undefined {
    for (const queue of this.queues.values()) return queue
    return undefined
  }

  /** What Firehose does not take is sent again, twice, and then dropped. */
  private async deliver(stream: DeliveryStream, batch: readonly Buffer[]): Promise<void> {
    let left = batch
    let why = ''
    let waitMs = this.options.retryMs ?? 500
    for (let attempt = 1; attempt <= attempts && left.length > 0; attempt++) {
      if (attempt > 1 && !this.isClosing) await sleep(waitMs, undefined, { ref: false })
      waitMs *= 2
      const refused = await this.put(stream, left)
      left = refused.records
      why = refused.why
      if (refused.isFinal) break
    }
    if (left.length > 0) this.drop(stream, left.length, why)
  }

  private async put(stream: DeliveryStream, records: readonly Buffer[]): Promise<Refused> {
    const body = JSON.stringify({
      DeliveryStreamName: stream.name,
      Records: records.map((record) => ({ Data: record.toString('base64') })),
    })
    try {
      const answer = await this.options.aws?.call({
        service: 'firehose',
        region: stream.region,
        method: 'POST',
        target: '/',
        headers: ['Content-Type', 'application/x-amz-json-1.1', 'X-Amz-Target', 'Firehose_20150804.PutRecordBatch'],
        body,
        timeoutMs,
      })
      const { status = 0, body: chunks = [] } = answer ?? {}
      const text = Buffer.concat(chunks).toString()
      if (status === 200) return refusedOf(records, text)
      const isFinal = status >= 400 && status < 500 && !/Throttling|LimitExceeded/.test(text)
      return { records, why: `it answers ${status}: ${text.slice(0, 300)}`, isFinal }
    } catch (error) {
      return { records, why: (error as Error).message, isFinal: false }
    }
  }

  private drop({ name, region }: DeliveryStream, lines: number, why: string): void {
    this.droppedLines += lines
    const nowMs = Date.now()
    if (nowMs - (this.complainedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) < complainMs) return
    if (this.complainedAtMs.size > 1_000) this.complainedAtMs.clear()
    this.complainedAtMs.set(name, nowMs)
    this.options.log.warn(
      { deliveryStream: name, region, dropped: this.droppedLines, why },
      'access log lines for a delivery stream were dropped: they cannot be delivered',
    )
  }
}

/** Records to be sent again. */
interface Refused {
  readonly records: readonly Buffer[]
  readonly why: string
  /** Whether sending them again would change nothing. */
  readonly isFinal: boolean
}

function keyOf({ account, region, name }: DeliveryStream): string {
  return `${account} ${region} ${name}`
}

function takeBatch(queue: Queue): readonly Buffer[] {
  let bytes = 0
  let end = 0
  for (const { length } of queue.records) {
    if (end === maximumRecords || bytes + length > maximumBatchBytes) break
    bytes += length
    end++
  }
  const batch = queue.records.slice(0, end)
  queue.records = queue.records.slice(end)
  return batch
}

interface PutRecordBatchOutput {
  readonly FailedPutCount?: number
  readonly RequestResponses?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[]
}

/** Some records of a batch can be refused: those are the ones to send again. */
function refusedOf(records: readonly Buffer[], text: string): Refused {
  const { FailedPutCount: failed = 0, RequestResponses: responses = [] } = JSON.parse(text) as PutRecordBatchOutput
  if (failed === 0) return { records: [], why: '', isFinal: true }
  const first = responses.find(({ ErrorCode }) => ErrorCode !== undefined)
  return {
    records: records.filter((_, index) => responses[index]?.ErrorCode !== undefined),
    why: `${first?.ErrorCode ?? ''}: ${first?.ErrorMessage ?? ''}`,
    isFinal: false,
  }
}

/** Connects to nobody yet: the first call is made for the first lines. */
export function createFirehoseDeliveries(options: FirehoseOptions): Deliveries {
  return new FirehoseDeliveries(options)
}
