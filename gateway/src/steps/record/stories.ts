// Stories of requests: each step that ran, what it decided and why, and how it ended; kept for `sluice explain`.
import type { Decision, Listener } from '../../nouns/decisions.ts'
import type { Received } from '../../nouns/exchange.ts'
import { GatewayFault, type HttpFault } from '../../nouns/faults.ts'
import type { HttpOutcome, Outcome, RestOutcome, StageRecorder } from '../../ports/recorder.ts'
import type { Stories, Story, StoryFault } from '../../ports/stories.ts'

/** What all stories of a stage have in common. */
export type StoryPlace = Pick<Story, 'account' | 'region' | 'protocol' | 'apiId' | 'apiName' | 'stage' | 'deploymentId'>

/** A request cannot fill the memory: beyond so many, what its steps tell is left out. */
const maximumDecisions = 200

/** Writes down what a request's steps tell. The outermost of a request's listeners. */
class StoryTeller implements Listener {
  readonly decisionsOnly: boolean
  readonly story: Story
  private readonly next: Listener | undefined

  constructor(story: Story, next: Listener | undefined) {
    this.story = story
    this.next = next
    this.decisionsOnly = next === undefined
  }

  decided(decision: Decision): void {
    if (this.story.decisions.length < maximumDecisions) this.story.decisions.push(decision)
    this.next?.decided(decision)
  }

  logged(line: string): void {
    // Whoever wants all lines keeps them; here are those of failures, which come alone when nobody does.
    if (this.next !== undefined) this.next.logged(line)
    else if (this.story.lines.length < maximumDecisions) this.story.lines.push(line)
  }

  ran(name: string, tookMs: number): void {
    if (this.story.steps.length < maximumDecisions) this.story.steps.push({ name, tookMs })
  }
}

/** Stories of one stage. `routeOf`: how the target that served a request is called. */
export function recordStories<Target, Told extends RestOutcome | HttpOutcome>(
  place: StoryPlace,
  stories: Stories,
  routeOf: (target: Target) => string,
): StageRecorder<Told> {
  return {
    begin: (received) => {
      const story: Story = {
        requestId: received.requestId,
        extendedRequestId: received.extendedRequestId,
        receivedAtMs: received.receivedAtMs,
        ...place,
        method: received.method,
        path: received.rawPath,
        resourcePath: received.rawPath.slice(received.resourcePathStart) || '/',
        sourceIp: received.sourceIp,
        steps: [],
        decisions: [],
        lines: [],
        answeredAs: 0,
        outcome: undefined,
      }
      stories.add(story)
      const listener = new StoryTeller(story, received.listener)
      return Object.assign<Received, Pick<Received, 'listener'>>(received, { listener })
    },
    record: (outcome) => {
      const { answer, work, endedAtMs, responseBytes, exchange } = outcome as Outcome<Told['exchange']>
      if (!(exchange.listener instanceof StoryTeller)) return
      const target = exchange.target as Target | undefined
      stories.finish(exchange.listener.story, {
        status: answer.status,
        route: target === undefined ? undefined : routeOf(target),
        latencyMs: Math.max(0, endedAtMs - exchange.receivedAtMs),
        integrationMs: work.integrationMs < 0 ? undefined : work.integrationMs,
        responseBytes,
        fault: work.fault && faultOf(work.fault),
      })
    },
  }
}

function faultOf(fault: GatewayFault | HttpFault): StoryFault {
  const { cause, log } = fault
  return {
    type: fault instanceof GatewayFault ? fault.type : undefined,
    message: fault instanceof GatewayFault ? fault.sentence : fault.message,
    log,
    cause: cause instanceof Error ? cause.message : undefined,
  }
}
