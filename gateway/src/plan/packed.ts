// Configuration that is seldom read, kept as compressed JSON: an API of ten thousand methods is planned whole and called in parts.
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** So many values are packed, and unpacked, together: some tens of kilobytes of text, a fraction of a millisecond. */
const chunkLength = 64
/** Speed before size: the texts of a chunk are so much alike that any level makes a tenth of them. */
const options = { level: 1 }

/** A list of values that are JSON: as they are while they are few, packed when there are many. */
export class PackedList<Value> {
  private readonly chunks: Uint8Array[] = []
  private last: Value[] = []
  private unpacked: { readonly chunk: number; readonly values: readonly Value[] } | undefined

  push(value: Value): void {
    if (this.last.length === chunkLength) {
      // A copy, because the result is a small part of a large buffer that others share.
      this.chunks.push(new Uint8Array(deflateRawSync(JSON.stringify(this.last), options)))
      this.last = []
    }
    this.last.push(value)
  }

  /** The value at an index, or one that equals it. */
  at(index: number): Value {
    const chunk = Math.floor(index / chunkLength)
    const packed = this.chunks[chunk]
    if (packed === undefined) return valueAt(this.last, index)
    // Neighbours are often called one after the other.
    if (this.unpacked?.chunk !== chunk) {
      this.unpacked = { chunk, values: JSON.parse(inflateRawSync(packed).toString()) as Value[] }
    }
    return valueAt(this.unpacked.values, index)
  }
}

function valueAt<Value>(values: readonly Value[], index: number): Value {
  return values[index % chunkLength] as Value
}
