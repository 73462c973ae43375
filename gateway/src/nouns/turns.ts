// Long work in short turns: whatever else the process has to do, requests above all, is done between two of them.
import { setImmediate as othersDone } from 'node:timers/promises'

const turnMs = 3

/** When the turn that the process is in is over; 0 while nobody has begun one since others had theirs. */
let endsAtMs = 0

function beginTurn(nowMs: number): number {
  endsAtMs = nowMs + turnMs
  setImmediate(() => (endsAtMs = 0))
  return endsAtMs
}

/** The turns of one piece of work: `await turns.next()` after each small part of it. Work that follows other work at once shares its first turn. */
export class Turns {
  private readonly now: () => number
  private endsAtMs: number

  /** `now`: milliseconds on a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now
    this.endsAtMs = endsAtMs === 0 ? beginTurn(now()) : endsAtMs
  }

  /** Waits for others when the turn is over; undefined while it lasts. */
  next(): Promise<void> | undefined {
    return this.now() < this.endsAtMs ? undefined : this.begin()
  }

  private async begin(): Promise<void> {
    await othersDone()
    this.endsAtMs = beginTurn(this.now())
  }
}

/** All of what is made as it is gone through, made in turns. */
export async function gathered<Item>(items: Iterable<Item>): Promise<readonly Item[]> {
  const turns = new Turns()
  const all: Item[] = []
  for (const item of items) {
    all.push(item)
    const others = turns.next()
    if (others !== undefined) await others
  }
  return all
}
