// Plans that say why: `x-sluice-explain` on the answers that the gateway gives instead of a backend. Own; off unless asked for.
import type { Decision, Listener } from '../nouns/decisions.ts'
import type { Answer, Received } from '../nouns/exchange.ts'
import type { SocketReceived } from '../nouns/socket.ts'
import { whenKnown } from '../steps/pipeline.ts'
import type { PlanPorts, SocketPlan, StagePlan } from './stage-plan.ts'

const headerName = 'x-sluice-explain'
/** Within what any client reads of headers. */
const maximumBytes = 2_048
const maximumText = 240
/** A step may tell several: an authorizer's whose verdict it is, and by which statement. */
const maximumDecisions = 4

interface Heard {
  listener: Listener | undefined
}

/** Keeps the decisions of the step that refuses, in front of whoever listens to a request beside. */
class Explainer implements Listener {
  readonly decisionsOnly: boolean
  readonly began: (() => void) | undefined
  readonly ran: ((step: string) => void) | undefined
  private readonly received: Heard
  private readonly next: Listener | undefined
  private decisions: Decision[] = []
  private answer: Decision | undefined

  /** Listens from now on, to its `end`. */
  constructor(received: Received | SocketReceived) {
    this.received = received
    const { listener: next } = received
    this.next = next
    this.decisionsOnly = next === undefined || next.decisionsOnly === true
    this.began = next?.began && (() => next.began?.())
    this.ran = next?.ran && ((step) => next.ran?.(step))
    this.received.listener = this
  }

  decided(decision: Decision): void {
    this.next?.decided(decision)
    if (decision.step === 'answer') this.answer = decision
    else if (this.decisions[0]?.step !== decision.step) this.decisions = [decision]
    else if (this.decisions.push(decision) > maximumDecisions) this.decisions.shift()
  }

  logged(line: string): void {
    this.next?.logged(line)
  }

  /** Gives the request back to its listeners. The header's value; undefined for an answer that is a backend's. */
  end(): string | undefined {
    this.received.listener = this.next
    if (this.answer === undefined) return undefined
    const { verdict: fault, reason } = this.answer
    const status = reason?.['status']
    const told = this.decisions.at(-1)?.refuses === true ? this.decisions : []
    const decisions = told.map(({ step, verdict, reason: why }) => ({ step, verdict, ...why }))
    const whole = headerText({ fault, status, decisions })
    if (whole.length <= maximumBytes) return whole
    return headerText({ fault, status, decisions: told.map(({ step, verdict }) => ({ step, verdict })), isCut: true })
  }
}

/** The plan, with the header on its refusals where the operator wants it; else the plan itself. */
export function explained(plan: StagePlan, { explainsRefusals }: PlanPorts): StagePlan {
  if (explainsRefusals !== true) return plan
  const explain = (answer: Answer, explainer: Explainer): Answer => {
    const header = explainer.end()
    if (header !== undefined) answer.headers.push(headerName, header)
    return answer
  }
  return {
    ...plan,
    run: (received) => {
      const explainer = new Explainer(received)
      return whenKnown(plan.run(received), (answer) => explain(answer, explainer))
    },
    tooLarge: (received) => {
      const explainer = new Explainer(received)
      return explain(plan.tooLarge(received), explainer)
    },
  }
}

/** The plan, with the header on refused upgrades: messages have no headers. */
export function explainedSocket(plan: SocketPlan, { explainsRefusals }: PlanPorts): SocketPlan {
  if (explainsRefusals !== true) return plan
  return {
    ...plan,
    connect: async (received) => {
      const explainer = new Explainer(received)
      const admission = await plan.connect(received)
      const header = explainer.end()
      if (admission.accepted || header === undefined) return admission
      return { ...admission, headers: [...admission.headers, headerName, header] }
    },
  }
}

/** One line of JSON in ASCII: what a client sent cannot end the header. Long texts are cut. */
function headerText(value: object): string {
  const text = JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' && member.length > maximumText ? `${member.slice(0, maximumText)}…` : member,
  )
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
