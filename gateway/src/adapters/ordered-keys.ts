// Keys in order, in blocks: a new key moves the few hundred beside it, however many there are.

/** A block that grows beyond is cut in two. */
const blockLength = 512

export class OrderedKeys {
  /** In order, none of them empty, but for the one of no keys at all. */
  private readonly blocks: string[][] = [[]]

  /** The key must be new. */
  add(key: string): void {
    const at = this.blockOf(key)
    const block = this.blockAt(at)
    block.splice(position(block, key), 0, key)
    if (block.length > blockLength) this.blocks.splice(at + 1, 0, block.splice(blockLength / 2))
  }

  delete(key: string): void {
    const at = this.blockOf(key)
    const block = this.blockAt(at)
    const index = position(block, key)
    if (block[index] !== key) return
    block.splice(index, 1)
    if (block.length === 0 && this.blocks.length > 1) this.blocks.splice(at, 1)
  }

  /** From `from` (inclusive) to `to` (exclusive; undefined: to the end), at most `limit`. */
  range(from: string, to: string | undefined, limit: number = Infinity): readonly string[] {
    const found: string[] = []
    let start = position(this.blockAt(this.blockOf(from)), from)
    for (let at = this.blockOf(from); at < this.blocks.length; at++) {
      const block = this.blockAt(at)
      for (let index = start; index < block.length; index++) {
        const key = block[index] ?? ''
        if (found.length >= limit || (to !== undefined && key >= to)) return found
        found.push(key)
      }
      start = 0
    }
    return found
  }

  /** The last block that begins at or before `key`, else the first. */
  private blockOf(key: string): number {
    let low = 0
    let high = this.blocks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.blocks[middle]?.[0] ?? '') <= key) low = middle
      else high = middle - 1
    }
    return low
  }

  private blockAt(index: number): string[] {
    return this.blocks[index] ?? []
  }
}

/** The index of the first key that is not before `key`. */
function position(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
