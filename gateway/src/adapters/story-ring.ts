// The last stories in memory: a ring, so that keeping one costs the same however many there are.
import type { Stories, Story } from '../ports/stories.ts'

/** `size`: how many requests are kept, at least one. */
export function createStoryRing(size: number): Stories {
  const ring: (Story | undefined)[] = Array.from({ length: size })
  let next = 0
  let answered = 0
  const kept = (): Story[] => ring.filter((story) => story !== undefined)
  return {
    add: (story) => {
      ring[next] = story
      next = (next + 1) % size
    },
    finish: (story, outcome) => {
      story.outcome = outcome
      story.answeredAs = ++answered
    },
    find: (id) => kept().find(({ requestId, extendedRequestId }) => requestId === id || extendedRequestId === id),
    after: (after, limit) =>
      kept()
        .filter(({ answeredAs }) => answeredAs > after)
        .sort((left, right) => left.answeredAs - right.answeredAs)
        .slice(-limit),
  }
}
