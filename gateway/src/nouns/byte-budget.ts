// A number of bytes that many share: what one takes, the others cannot have until it is given back.

export class ByteBudget {
  private leftBytes: number

  constructor(bytes: number) {
    this.leftBytes = bytes
  }

  /** False where there is no room for so many bytes more; nothing is then taken. */
  take(bytes: number): boolean {
    if (!this.hasRoom(bytes)) return false
    this.leftBytes -= bytes
    return true
  }

  hasRoom(bytes: number): boolean {
    return bytes <= this.leftBytes
  }

  give(bytes: number): void {
    this.leftBytes += bytes
  }

  /** Takes them whether there is room or not: for what is there already. */
  force(bytes: number): void {
    this.leftBytes -= bytes
  }
}
