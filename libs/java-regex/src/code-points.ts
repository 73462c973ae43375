// Sets of code points as sorted ranges: the meaning of a character class.

/** Ends of disjoint ranges in order: first, last, first, last, … both inclusive. */
export type CodePointSet = readonly number[]

const maxCodePoint = 0x10ffff

export const noCodePoints: CodePointSet = []
export const allCodePoints: CodePointSet = [0, maxCodePoint]

/** The code points from `first` to `last`. */
export function range(first: number, last: number = first): CodePointSet {
  return [first, last]
}

/** The code points of each character of `text`. */
export function setOf(text: string): CodePointSet {
  return union(...Array.from(text, (character) => range(character.codePointAt(0) ?? 0)))
}

export function union(...sets: readonly CodePointSet[]): CodePointSet {
  const ranges = sets.flatMap(rangesOf).sort(([one], [other]) => one - other)
  const merged: number[] = []
  for (const [first, last] of ranges) {
    const end = merged.at(-1)
    if (end === undefined || first > end + 1) merged.push(first, last)
    else if (last > end) merged[merged.length - 1] = last
  }
  return merged
}

export function complement(set: CodePointSet): CodePointSet {
  const inverse: number[] = []
  let next = 0
  for (const [first, last] of rangesOf(set)) {
    if (first > next) inverse.push(next, first - 1)
    next = last + 1
  }
  if (next <= maxCodePoint) inverse.push(next, maxCodePoint)
  return inverse
}

export function intersection(one: CodePointSet, other: CodePointSet): CodePointSet {
  return complement(union(complement(one), complement(other)))
}

/** Whether a set contains a code point, by bisection. */
export function has(set: CodePointSet, codePoint: number): boolean {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((set[middle] ?? 0) < codePoint) low = middle + 1
    else high = middle
  }
  // An odd place is the end of a range that begins before; an even one is a hit only at the very start of a range.
  return low % 2 === 1 || set[low] === codePoint
}

/** The ranges of a set, one pair each. */
export function rangesOf(set: CodePointSet): [first: number, last: number][] {
  const ranges: [number, number][] = []
  for (let at = 0; at < set.length; at += 2) ranges.push([set[at] ?? 0, set[at + 1] ?? 0])
  return ranges
}
