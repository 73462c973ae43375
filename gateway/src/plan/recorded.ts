// A plan whose requests are recorded: the same plan, with each outcome told once, after its last byte is known.
import type { Answer, AnswerBody, Received } from '../nouns/exchange.ts'
import type { GatewayFault, HttpFault } from '../nouns/faults.ts'
import { Work } from '../nouns/work.ts'
import type { Clock } from '../ports/clock.ts'
import type { Outcome, StageRecorder } from '../ports/recorder.ts'
import type { Pipeline, Step } from '../steps/pipeline.ts'
import type { PlanPorts, StagePlan } from './stage-plan.ts'

/** What is recorded, and by which clock. */
export interface Recording<Exchange extends Received> {
  readonly recorder: StageRecorder<Outcome<Exchange>> | undefined
  readonly clock: Clock
}

type Noted = Received & { work: Work; fault?: GatewayFault | HttpFault }

/** The plan itself when nobody records. */
export function recorded<Exchange extends Received>(
  plan: StagePlan,
  { recorder, clock }: Recording<Exchange>,
): StagePlan {
  if (recorder === undefined) return plan
  const begin = (received: Received): Noted => {
    const begun = (recorder.begin === undefined ? received : recorder.begin(received)) as Noted
    begun.work = new Work()
    return begun
  }
  const end = (exchange: Noted, answer: Answer, responseBytes: number): void => {
    const { work } = exchange
    if (work.fault !== undefined) exchange.fault = work.fault
    recorder.record({
      exchange: exchange as Received as Exchange,
      answer,
      work,
      endedAtMs: clock.now(),
      responseBytes,
    })
  }
  const finish = (exchange: Noted, answer: Answer): Answer => {
    const { body } = answer
    if (isStream(body)) {
      return { ...answer, body: counted(body, (bytes) => end(exchange, answer, bytes)) }
    }
    end(exchange, answer, bytesOf(body))
    return answer
  }
  return {
    ...plan,
    run: async (received) => {
      const exchange = begin(received)
      return finish(exchange, await plan.run(exchange))
    },
    tooLarge: (received) => {
      const exchange = begin(received)
      return finish(exchange, plan.tooLarge(exchange))
    },
  }
}

/** Notes the fault that ends a request. Costs nothing when nobody records. */
export function noteFault(received: Received, fault: GatewayFault | HttpFault): void {
  if (received.work !== undefined) received.work.fault = fault
}

/** The list with the time of its integration, and of its authorization, noted for those who record. */
export function timed<Start extends Received, Known extends object>(
  list: Pipeline<Start, Known>,
  { record, clock }: PlanPorts,
): Pipeline<Start, Known> {
  if (record === undefined) return list
  return list
    .around('integrate', (step) => timedStep(step, 'integrationMs', clock))
    .around('authorize', (step) => timedStep(step, 'authorizerMs', clock))
}

function timedStep(
  step: Step<object, object>,
  member: 'integrationMs' | 'authorizerMs',
  clock: Clock,
): Step<object, object> {
  return {
    name: step.name,
    run: (exchange) => {
      const { work } = exchange as Received
      if (work === undefined) return step.run(exchange)
      const startedMs = clock.now()
      const told = step.run(exchange)
      if (!(told instanceof Promise)) {
        work[member] = clock.now() - startedMs
        return told
      }
      return told.finally(() => {
        work[member] = clock.now() - startedMs
      })
    },
  }
}

function isStream(body: AnswerBody): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body
}

function bytesOf(body: Exclude<AnswerBody, AsyncIterable<Uint8Array>>): number {
  if (typeof body === 'string') return Buffer.byteLength(body)
  if (body instanceof Uint8Array) return body.length
  let bytes = 0
  for (const chunk of body) bytes += chunk.length
  return bytes
}

/** The same stream; `ended` is told how many bytes went, also when it breaks or nobody reads it to its end. */
async function* counted(body: AsyncIterable<Uint8Array>, ended: (bytes: number) => void): AsyncIterable<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      yield chunk
    }
  } finally {
    ended(bytes)
  }
}
