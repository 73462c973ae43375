// One request of the story ring: written as numbers and bytes into memory that is used again, and told as a story when somebody reads.
import type { Decision, Listener } from '../nouns/decisions.ts'
import { GatewayFault, type HttpFault } from '../nouns/faults.ts'
import type { Story, StoryFault, StoryOutcome, ToldOutcome, ToldRequest, ToldStage } from '../ports/stories.ts'
import { excerpt, excerptOf, excerptOfDecision } from './story-excerpt.ts'
import { StoryTexts } from './story-texts.ts'

/** A request cannot fill the memory: what its steps tell beyond so many is left out. */
const maximumSteps = 24
const maximumTold = 200
/** Lists that one request made longer than this are not kept for the next one. */
const usualTold = 8

/**
 * Its shape never changes, and it is used again: `open` begins the next request's story. What it refers to outlives requests
 * anyway; a string of the request's own would cost the collector more than copying it costs us.
 */
export class StorySlot implements Listener {
  private readonly stepMs = new Float64Array(maximumSteps)
  private readonly stepNames: string[] = []
  /** Both ids, and the path. */
  private readonly texts = new StoryTexts()
  private stage: ToldStage | undefined = undefined
  private next: Listener | undefined = undefined
  decisionsOnly = true
  private receivedAtMs = 0.5
  private method = ''
  private resourcePathStart = 0
  private sourceIp = ''
  private steps = 0
  private markMs = 0.5
  private decisions: Decision[] = []
  private decisionCount = 0
  private lines: string[] | undefined = undefined
  isFinished = false
  answeredAs = 0
  private target: object | undefined = undefined
  private status = 0
  private latencyMs = 0
  private integrationMs = -1
  private responseBytes = 0
  private fault: StoryFault | undefined = undefined

  open(stage: ToldStage, received: ToldRequest): void {
    this.stage = stage
    this.next = received.listener
    this.decisionsOnly = received.listener === undefined || received.listener.decisionsOnly === true
    this.texts.write(received.requestId, received.extendedRequestId, received.rawPath)
    this.receivedAtMs = received.receivedAtMs
    this.method = received.method
    this.resourcePathStart = received.resourcePathStart
    this.sourceIp = received.sourceIp
    this.steps = 0
    if (this.decisions.length > usualTold) this.decisions = []
    this.decisionCount = 0
    this.lines = undefined
    this.isFinished = false
    this.answeredAs = 0
    this.target = undefined
    this.fault = undefined
  }

  began(): void {
    this.markMs = performance.now()
  }

  ran(step: string): void {
    const nowMs = performance.now()
    if (this.steps < maximumSteps) {
      this.stepMs[this.steps] = nowMs - this.markMs
      this.stepNames[this.steps++] = step
    }
    this.markMs = nowMs
  }

  decided(decision: Decision): void {
    if (this.decisionCount < maximumTold) this.decisions[this.decisionCount++] = decision
    this.next?.decided(decision)
  }

  logged(line: string): void {
    // Whoever wants all lines keeps them; here are those of failures, which come alone when nobody does.
    this.next?.logged(line)
    if (!this.decisionsOnly) return
    if (this.lines === undefined) this.lines = [excerpt(line)]
    else if (this.lines.length < maximumTold) this.lines.push(excerpt(line))
  }

  /** `answeredAs`: the how-manieth answered request it is. */
  finish({ exchange, answer, work, endedAtMs, responseBytes }: ToldOutcome, answeredAs: number): void {
    this.target = exchange.target
    this.status = answer.status
    this.latencyMs = Math.max(0, endedAtMs - this.receivedAtMs)
    this.integrationMs = work.integrationMs
    this.responseBytes = responseBytes
    if (work.fault !== undefined) this.noteFault(work.fault)
    this.next = undefined
    this.answeredAs = answeredAs
    this.isFinished = true
  }

  /** Only what is told of failures quotes what clients sent. */
  private noteFault(fault: GatewayFault | HttpFault): void {
    this.fault = faultOf(fault)
    for (let index = 0; index < this.decisionCount; index++) {
      const decision = this.decisions[index]
      if (decision !== undefined) this.decisions[index] = excerptOfDecision(decision)
    }
  }

  isOf(id: string): boolean {
    const [requestId, extendedRequestId] = this.texts.read()
    return requestId === id || extendedRequestId === id
  }

  story(): Story {
    const { routeOf, ...stage } = this.stage ?? unknownStage
    const [requestId, extendedRequestId, path] = this.texts.read()
    const resourcePath = path.slice(this.resourcePathStart) || '/'
    const route = this.target && routeOf(this.target)
    const { method, receivedAtMs } = this
    const told = (decision: Decision): Decision =>
      decision.step === 'route' && decision.reason === undefined
        ? { ...decision, reason: { verb: method, path: resourcePath, route }, atMs: receivedAtMs }
        : decision
    return {
      requestId,
      extendedRequestId,
      receivedAtMs,
      ...stage,
      method,
      path,
      resourcePath,
      sourceIp: this.sourceIp,
      steps: this.stepNames.slice(0, this.steps).map((name, index) => ({ name, tookMs: this.stepMs[index] ?? 0 })),
      decisions: this.decisions.slice(0, this.decisionCount).map(told),
      lines: [...(this.lines ?? [])],
      answeredAs: this.answeredAs,
      outcome: this.isFinished ? this.outcome(route) : undefined,
    }
  }

  private outcome(route: string | undefined): StoryOutcome {
    return {
      status: this.status,
      route,
      latencyMs: this.latencyMs,
      integrationMs: this.integrationMs < 0 ? undefined : this.integrationMs,
      responseBytes: this.responseBytes,
      fault: this.fault,
    }
  }
}

/** Of a slot that no request was written to yet. */
const unknownStage: ToldStage = {
  account: '',
  region: '',
  protocol: 'REST',
  apiId: '',
  apiName: '',
  stage: '',
  deploymentId: '',
  routeOf: () => '',
}

function faultOf(fault: GatewayFault | HttpFault): StoryFault {
  const { cause, log } = fault
  return {
    type: fault instanceof GatewayFault ? fault.type : undefined,
    message: excerptOf(fault instanceof GatewayFault ? fault.sentence : fault.message),
    log: excerptOf(log),
    cause: cause instanceof Error ? excerpt(cause.message) : undefined,
  }
}
