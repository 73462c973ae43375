// A few short texts in memory of their own: copied in, so that the strings they came from can go.

const encoder = new TextEncoder()
const usualBytes = 160

/** Three texts. */
export class StoryTexts {
  private readonly bytes = new Uint8Array(usualBytes)
  private firstEnd = 0
  private secondEnd = 0
  private end = 0
  /** All of them where they are longer than usual, or no ASCII. */
  private whole: string | undefined = undefined

  /** Replaces what was there. */
  write(first: string, second: string, third: string): void {
    // One copy of all costs less than three.
    const all = first + second + third
    this.firstEnd = first.length
    this.secondEnd = first.length + second.length
    this.end = all.length
    // Of ASCII, and only of it, every character is a byte.
    const { read, written } = encoder.encodeInto(all, this.bytes)
    this.whole = read === all.length && written === all.length ? undefined : all
  }

  read(): readonly [first: string, second: string, third: string] {
    const all = this.whole ?? String.fromCharCode(...this.bytes.subarray(0, this.end))
    return [all.slice(0, this.firstEnd), all.slice(this.firstEnd, this.secondEnd), all.slice(this.secondEnd)]
  }
}
