// How much memory the bodies of all requests may take together: many clients that send slowly must not fill the machine's.

/** What one request holds of the room. */
export interface BodyShare {
  /** False when there is no room for so many bytes more; nothing is then taken. */
  readonly take: (bytes: number) => boolean
  /** Gives back everything. Told once, when the request is answered or its client gone. */
  readonly release: () => void
}

/** Room for `roomBytes` of request bodies, from their first byte until they are answered. */
export class BodyRoom {
  private leftBytes: number

  constructor(roomBytes: number) {
    this.leftBytes = roomBytes
  }

  share(): BodyShare {
    let heldBytes = 0
    return {
      take: (bytes) => {
        if (bytes > this.leftBytes) return false
        this.leftBytes -= bytes
        heldBytes += bytes
        return true
      },
      release: () => {
        this.leftBytes += heldBytes
      },
    }
  }
}
