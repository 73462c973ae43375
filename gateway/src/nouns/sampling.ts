// The sampling rule that X-Ray begins with: one request a second, and five of a hundred beyond. Security specification G.2.

export const defaultSampling = {
  ruleName: 'Default',
  reservoirSize: 1,
  fixedRate: 0.05,
  priority: 10_000,
} as const

/** Decides request by request. `nowMs`: epoch milliseconds; `draw`: a number from 0 up to 1, evenly distributed. */
export function createSampler(): (nowMs: number, draw: number) => boolean {
  let second = Number.NaN
  let taken = 0
  return (nowMs, draw) => {
    const now = Math.floor(nowMs / 1000)
    if (now !== second) {
      second = now
      taken = 0
    }
    if (taken < defaultSampling.reservoirSize) {
      taken++
      return true
    }
    return draw < defaultSampling.fixedRate
  }
}
