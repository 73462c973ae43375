// The last stories in memory: a ring of slots that are written over, so that keeping a request makes next to no garbage.
import type { Listener } from '../nouns/decisions.ts'
import type { Stories, Story } from '../ports/stories.ts'
import { StorySlot } from './story-slot.ts'

/** `size`: how many requests are kept, at least one. */
export function createStoryRing(size: number): Stories {
  const ring: (StorySlot | undefined)[] = Array.from({ length: size })
  let next = 0
  let answered = 0
  const kept = (): StorySlot[] => ring.filter((slot) => slot !== undefined)
  /** The oldest slot, to be written over; one whose request is still being served leaves its place to a new one. */
  const slotAt = (place: number): StorySlot => {
    const oldest = ring[place]
    return oldest?.isFinished === true ? oldest : (ring[place] = new StorySlot())
  }
  return {
    open: (stage, received): Listener => {
      const slot = slotAt(next)
      slot.open(stage, received)
      next = next + 1 === size ? 0 : next + 1
      return slot
    },
    finish: (outcome) => {
      const { listener } = outcome.exchange
      if (listener instanceof StorySlot) listener.finish(outcome, ++answered)
    },
    find: (id): Story | undefined =>
      kept()
        .find((slot) => slot.isOf(id))
        ?.story(),
    after: (after, limit) =>
      kept()
        .filter(({ answeredAs }) => answeredAs > after)
        .sort((left, right) => left.answeredAs - right.answeredAs)
        .slice(-limit)
        .map((slot) => slot.story()),
  }
}
