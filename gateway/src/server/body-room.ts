// How much memory bodies may take together: clients that send slowly, or do not take their answers, must not fill the machine's.

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
  private leftBytes: number
  private readonly untaken = new Set<Untaken>()

  constructor(roomBytes: number) {
    this.leftBytes = roomBytes
  }

  share(): BodyShare {
    let heldBytes = 0
    return {
      take: (bytes) => {
        if (bytes > this.leftBytes && !this.makeRoom(bytes)) return false
        this.leftBytes -= bytes
        heldBytes += bytes
        return true
      },
      release: () => {
        this.leftBytes += heldBytes
      },
    }
  }

  /** Holds an answer until what is returned is called. `cutOff` is told when it has to give way. */
  hold(bytes: number, cutOff: () => void): () => void {
    if (bytes > this.leftBytes) this.makeRoom(bytes)
    const answer = { bytes, cutOff }
    this.untaken.add(answer)
    this.leftBytes -= bytes
    return () => this.letGo(answer)
  }

  private makeRoom(bytes: number): boolean {
    for (const answer of this.untaken) {
      if (bytes <= this.leftBytes) break
      this.letGo(answer)
      answer.cutOff()
    }
    return bytes <= this.leftBytes
  }

  private letGo(answer: Untaken): void {
    if (this.untaken.delete(answer)) this.leftBytes += answer.bytes
  }
}
