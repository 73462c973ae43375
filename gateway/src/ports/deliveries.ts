// The deliveries port: lines that go to a delivery stream of Amazon Data Firehose, or of what stands in for it.
import type { DeliveryStream } from '../nouns/delivery-stream-arn.ts'

export interface Deliveries {
  /** Takes a line without its line break; never throws and never waits. One that cannot be delivered is dropped and counted. */
  readonly write: (stream: DeliveryStream, line: string) => void
  /** Lines that could not be delivered since the start. */
  readonly dropped: () => number
  /** Resolves when every line is delivered, or dropped. */
  readonly close: () => Promise<void>
}
