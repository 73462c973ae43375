// Case-insensitive matching as a closure of sets: ASCII letters only under (?i), all letters under (?iu).
import type { CodePointSet } from './code-points.ts'
import { complement, has, intersection, range, rangesOf, union } from './code-points.ts'

/** How letters of different case compare. */
export type Folding = 'none' | 'ascii' | 'unicode'

/** The set with the other cases of its members. */
export function closeOverCase(set: CodePointSet, folding: Folding): CodePointSet {
  if (folding === 'none') return set
  if (folding === 'unicode') return closeOverUnicode(set)
  const lower = rangesOf(intersection(set, range(0x61, 0x7a))).map(([first, last]) => range(first - 32, last - 32))
  const upper = rangesOf(intersection(set, range(0x41, 0x5a))).map(([first, last]) => range(first + 32, last + 32))
  return union(set, ...lower, ...upper)
}

/** A range with what Java takes for the other cases of its members: what is in it in capitals, or in small letters then. */
export function closeRangeOverCase(set: CodePointSet, folding: Folding): CodePointSet {
  if (folding !== 'unicode') return closeOverCase(set, folding)
  const others: CodePointSet[] = []
  for (const [first, last] of rangesOf(intersection(closeOverUnicode(set), complement(set)))) {
    for (let codePoint = first; codePoint <= last; codePoint++) {
      if (has(set, single(codePoint, 'toUpperCase')) || has(set, fold(codePoint))) others.push(range(codePoint))
    }
  }
  return union(set, ...others)
}

/** Whether two code points are the same but for case. */
export function sameButCase(one: number, other: number, folding: Folding): boolean {
  if (one === other || folding === 'none') return one === other
  if (folding === 'unicode') return fold(one) === fold(other)
  const letter = one | 32
  return one < 128 && other < 128 && letter === (other | 32) && letter >= 0x61 && letter <= 0x7a
}

// Java compares toLowerCase(toUpperCase(c)), both one to one; JavaScript's one-to-many results stand for "unchanged",
// but for the small form of İ, which is an i with a dot on top.
function fold(codePoint: number): number {
  return single(single(codePoint, 'toUpperCase'), 'toLowerCase')
}

function single(codePoint: number, change: 'toUpperCase' | 'toLowerCase'): number {
  const changed = String.fromCodePoint(codePoint)[change]()
  const first = changed.codePointAt(0) ?? codePoint
  if (change === 'toLowerCase') return first
  return changed.length === (first > 0xffff ? 2 : 1) ? first : codePoint
}

let families: readonly CodePointSet[] | undefined

/** Every set of two or more letters that are the same but for case; made once, when a pattern first needs it. */
function caseFamilies(): readonly CodePointSet[] {
  if (families !== undefined) return families
  const byFold = new Map<number, number[]>()
  // Letters with case end with the Adlam and Osage alphabets of the first supplementary plane.
  for (let codePoint = 0; codePoint < 0x1f000; codePoint++) {
    const folded = fold(codePoint)
    const members = byFold.get(folded)
    if (members !== undefined) members.push(codePoint)
    else if (folded !== codePoint || single(codePoint, 'toUpperCase') !== codePoint)
      byFold.set(folded, [folded, codePoint])
  }
  families = [...byFold.values()].map((members) => union(...members.map((member) => range(member))))
  return families
}

function closeOverUnicode(set: CodePointSet): CodePointSet {
  return union(set, ...caseFamilies().filter((family) => intersection(set, family).length > 0))
}
