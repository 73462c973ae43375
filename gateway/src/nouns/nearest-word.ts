// The word that somebody probably meant: the one of a list that the fewest typing errors lead to.

/** Undefined when none is near: at most a third of the letters may be wrong, missing, too many or swapped. */
export function nearestWord(typed: string, words: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(Math.min(typed.length, 40) / 3)) + 1
  for (const word of words) {
    const distance = Math.abs(word.length - typed.length) < least ? distanceOf(typed, word) : least
    if (distance >= least) continue
    least = distance
    nearest = word
  }
  return nearest
}

/** Letters to add, drop, change, or swap with their neighbour. */
function distanceOf(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const line = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      line.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (line[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = line
  }
  return last[right.length] ?? 0
}
