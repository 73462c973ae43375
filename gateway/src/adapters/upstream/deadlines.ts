// Deadlines of many calls with few timers: calls that may take equally long end in the order in which they began.

/** A call that ends at its deadline, as a member of its queue. One call is in one queue once. */
export interface Timed {
  /** Milliseconds of the monotonic clock. */
  deadlineMs: number
  /** The queue it stands in. */
  queue: DeadlineQueue | undefined
  previous: Timed | undefined
  next: Timed | undefined
  expire(): void
}

/** The calls of one duration, oldest first. */
class DeadlineQueue {
  private readonly durationMs: number
  private first: Timed | undefined
  private last: Timed | undefined
  private isArmed = false

  constructor(durationMs: number) {
    this.durationMs = durationMs
  }

  add(timed: Timed): void {
    timed.deadlineMs = performance.now() + this.durationMs
    timed.queue = this
    timed.previous = this.last
    timed.next = undefined
    if (this.last === undefined) this.first = timed
    else this.last.next = timed
    this.last = timed
    if (!this.isArmed) this.arm(this.durationMs)
  }

  remove(timed: Timed): void {
    const { previous, next } = timed
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.last = previous
    else next.previous = previous
    timed.previous = undefined
    timed.next = undefined
    timed.queue = undefined
  }

  get isEmpty(): boolean {
    return this.first === undefined && !this.isArmed
  }

  /** The timer outlives the calls that need it: rearmed once a duration, not for each call. */
  private arm(delayMs: number): void {
    this.isArmed = true
    // The calls' own sockets keep the process alive.
    setTimeout(() => this.fire(), Math.max(1, Math.ceil(delayMs))).unref()
  }

  private fire(): void {
    this.isArmed = false
    const nowMs = performance.now()
    while (this.first !== undefined && this.first.deadlineMs <= nowMs) {
      const due = this.first
      this.remove(due)
      due.expire()
    }
    if (this.first !== undefined && !this.isArmed) this.arm(this.first.deadlineMs - nowMs)
  }
}

export type { DeadlineQueue }

/** Integrations have few different time-outs; a caller that makes up a new one each time must not make this grow. */
const mostQueues = 1000

export class Deadlines {
  private readonly queues = new Map<number, DeadlineQueue>()

  /** `expire` is called once, `durationMs` from now, unless it is removed before. */
  add(timed: Timed, durationMs: number): void {
    let queue = this.queues.get(durationMs)
    if (queue === undefined) {
      if (this.queues.size >= mostQueues) this.forgetEmpty()
      this.queues.set(durationMs, (queue = new DeadlineQueue(durationMs)))
    }
    queue.add(timed)
  }

  private forgetEmpty(): void {
    for (const [durationMs, queue] of this.queues) if (queue.isEmpty) this.queues.delete(durationMs)
  }
}
