// Counts the turns of the event loop, for tests of work that must give way to others.

export function countTurns(): { readonly count: () => number; readonly stop: () => void } {
  let turns = 0
  const next = (): void => {
    turns++
    turning = setImmediate(next)
  }
  let turning = setImmediate(next)
  return { count: () => turns, stop: () => clearImmediate(turning) }
}
