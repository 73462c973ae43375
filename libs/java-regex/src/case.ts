// Widens sets for case-insensitive matching: ASCII letters only under (?i), all letters under (?iu).
import type { CodePointSet } from './code-points.ts'
import { has, intersection, range, rangesOf, union } from './code-points.ts'

/** How letters of different case compare. */
export type Folding = 'none' | 'ascii' | 'unicode'

/** The set, together with the other cases of its members. */
export function closeOverCase(set: CodePointSet, folding: Folding): CodePointSet {
  if (folding === 'none') return set
  if (folding === 'unicode') return withRelatives(set, () => true)
  const lower = rangesOf(intersection(set, range(0x61, 0x7a))).map(([first, last]) => range(first - 32, last - 32))
  const upper = rangesOf(intersection(set, range(0x41, 0x5a))).map(([first, last]) => range(first + 32, last + 32))
  return union(set, ...lower, ...upper)
}

/**
 * A range, together with what Java takes for the other cases of its members: every letter whose capital, or whose capital's
 * small letter, is in it.
 */
export function closeRangeOverCase(set: CodePointSet, folding: Folding): CodePointSet {
  if (folding !== 'unicode') return closeOverCase(set, folding)
  return withRelatives(set, ({ upper, folded }) => has(set, upper) || has(set, folded))
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

interface CasedLetter {
  readonly codePoint: number
  readonly upper: number
  readonly folded: number
  /** All letters that are the same except for case, this one among them. */
  readonly family: CasedLetter[]
}

let letters: readonly CasedLetter[] | undefined

/** All letters that have another case, in order; made once, when a pattern first needs them. */
function casedLetters(): readonly CasedLetter[] {
  if (letters !== undefined) return letters
  const families = new Map<number, CasedLetter[]>()
  // Letters with case end with the Adlam and Osage alphabets of the first supplementary plane.
  for (let codePoint = 0; codePoint < 0x1f000; codePoint++) {
    const folded = fold(codePoint)
    const family = families.get(folded) ?? []
    family.push({ codePoint, upper: single(codePoint, 'toUpperCase'), folded, family })
    families.set(folded, family)
  }
  const cased = [...families.values()].filter((family) => family.length > 1).flat()
  letters = cased.sort((one, other) => one.codePoint - other.codePoint)
  return letters
}

/** The set with those relatives of its letters that are `wanted`. */
function withRelatives(set: CodePointSet, wanted: (letter: CasedLetter) => boolean): CodePointSet {
  const all = casedLetters()
  const added: CodePointSet[] = []
  for (const [first, last] of rangesOf(set)) {
    for (let at = placeOf(all, first); at < all.length; at++) {
      const letter = all[at]
      if (letter === undefined || letter.codePoint > last) break
      for (const relative of letter.family) {
        if (!has(set, relative.codePoint) && wanted(relative)) added.push(range(relative.codePoint))
      }
    }
  }
  return added.length === 0 ? set : union(set, ...added)
}

/** The index of the first letter at or beyond a code point, by bisection. */
function placeOf(all: readonly CasedLetter[], codePoint: number): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((all[middle]?.codePoint ?? 0) < codePoint) low = middle + 1
    else high = middle
  }
  return low
}
