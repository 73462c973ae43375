// How much memory bodies may take together: clients that send slowly, or do not take their answers, must not fill the machine's.
import { ByteBudget } from '../nouns/byte-budget.ts'

/** What one request holds of the room. */
export interface BodyShare {
  /** False when there is no room for so many bytes more; nothing is then taken. */
  readonly take: (bytes: number) => boolean
  /** Gives back everything. Told once, when the request is answered or its client gone. */
  readonly release: () => void
}

/** An answer that its client has not taken yet. */
interface Untaken {
  readonly bytes: number
  readonly cutOff: () => void
}

/**
 * Room for `roomBytes` of bodies: of requests from their first byte until they are answered, and of answers until they are
 * taken. Where it is short, the answers that have waited longest give way: who reads nothing keeps nobody else waiting.
 */
export class BodyRoom {
  private readonly budget: ByteBudget
  private readonly untaken = new Set<Untaken>()

  constructor(roomBytes: number) {
    this.budget = new ByteBudget(roomBytes)
  }

  share(): BodyShare {
    let heldBytes = 0
    return {
      take: (bytes) => {
        if (!this.budget.hasRoom(bytes)) this.makeRoom(bytes)
        if (!this.budget.take(bytes)) return false
        heldBytes += bytes
        return true
      },
      release: () => this.budget.give(heldBytes),
    }
  }

  /** Holds an answer until what is returned is called. `cutOff` is told when it has to give way. */
  hold(bytes: number, cutOff: () => void): () => void {
    if (!this.budget.hasRoom(bytes)) this.makeRoom(bytes)
    const answer = { bytes, cutOff }
    this.untaken.add(answer)
    this.budget.force(bytes)
    return () => this.letGo(answer)
  }

  private makeRoom(bytes: number): void {
    for (const answer of this.untaken) {
      if (this.budget.hasRoom(bytes)) return
      this.letGo(answer)
      answer.cutOff()
    }
  }

  private letGo(answer: Untaken): void {
    if (this.untaken.delete(answer)) this.budget.give(answer.bytes)
  }
}
