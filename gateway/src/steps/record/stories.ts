// Stories of requests: each step that ran, what it decided and why, and how it ended; kept for `sluice explain`.
import type { Listener } from '../../nouns/decisions.ts'
import type { Received } from '../../nouns/exchange.ts'
import type { HttpOutcome, RestOutcome, StageRecorder } from '../../ports/recorder.ts'
import type { Stories, ToldStage } from '../../ports/stories.ts'

type Listened = Omit<Received, 'listener'> & { listener: Listener | undefined }

/** Stories of one stage. Theirs is the outermost of a request's listeners. */
export function recordStories(stage: ToldStage, stories: Stories): Required<StageRecorder<RestOutcome | HttpOutcome>> {
  return {
    begin: (received) => {
      const listened = received as Listened
      listened.listener = stories.open(stage, received)
      return received
    },
    record: (outcome) => stories.finish(outcome),
  }
}
