// Reads the headers of frames as they pass by, because the WebSocket library bounds messages, not frames. RFC 6455, 5.2.

/** Opcodes from here on are control frames, which have a bound of their own. */
const firstControlOpcode = 8

export class FrameMeter {
  private readonly maximumBytes: number
  private readonly exceeded: () => void
  /** Bytes of the header under way that were read, and how many it has as far as is known. */
  private read = 0
  private headerBytes = 2
  private lengthBytes = 0
  private opcode = 0
  private length = 0
  /** Bytes of the payload under way that are still to come. */
  private payloadLeft = 0

  /** `exceeded` is called for each data frame whose header announces more than `maximumBytes`, before its payload is read. */
  constructor(maximumBytes: number, exceeded: () => void) {
    this.maximumBytes = maximumBytes
    this.exceeded = exceeded
  }

  /** The next bytes that came from the client. */
  measure(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.payloadLeft > 0) {
        const passing = Math.min(this.payloadLeft, chunk.length - at)
        this.payloadLeft -= passing
        at += passing
      } else {
        this.header(chunk[at] ?? 0)
        at++
      }
    }
  }

  private header(byte: number): void {
    this.read++
    if (this.read === 1) this.opcode = byte & 0x0f
    else if (this.read === 2) this.shortLength(byte)
    else if (this.read <= 2 + this.lengthBytes) this.length = this.length * 256 + byte
    if (this.read < this.headerBytes) return
    if (this.opcode < firstControlOpcode && this.length > this.maximumBytes) this.exceeded()
    this.payloadLeft = this.length
    this.read = 0
    this.headerBytes = 2
  }

  private shortLength(byte: number): void {
    const short = byte & 0x7f
    this.lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
    this.length = this.lengthBytes === 0 ? short : 0
    this.headerBytes = 2 + this.lengthBytes + ((byte & 0x80) === 0 ? 0 : 4)
  }
}
