// What answers that are read whole take together until they are whole: many that come at once must not fill the machine's memory.

/** Of all backends: fifty of the largest answers. */
const mostBytes = 512 * 1024 * 1024

export class BufferedBytes {
  private leftBytes: number

  constructor(bytes: number = mostBytes) {
    this.leftBytes = bytes
  }

  /** False where there is no room for so many bytes more; nothing is then taken. */
  take(bytes: number): boolean {
    if (bytes > this.leftBytes) return false
    this.leftBytes -= bytes
    return true
  }

  give(bytes: number): void {
    this.leftBytes += bytes
  }
}
