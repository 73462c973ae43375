// A plan whose requests are recorded: the same plan, with each outcome told once, after its last byte is known.
import type { Answer, AnswerBody, Received } from '../nouns/exchange.ts'
import type { GatewayFault, HttpFault } from '../nouns/faults.ts'
import { Work, type Worked } from '../nouns/work.ts'
import type { Clock } from '../ports/clock.ts'
import type { Outcome, StageRecorder } from '../ports/recorder.ts'
import { whenKnown, type Pipeline, type Step } from '../steps/pipeline.ts'
import type { PlanPorts, StagePlan } from './stage-plan.ts'

type Noted = Received & { work: Work; fault?: GatewayFault | HttpFault }

/** The plan itself when nobody records. */
export function recorded<Exchange extends Received>(
  plan: StagePlan,
  recorder: StageRecorder<Outcome<Exchange>> | undefined,
  { clock, bug }: PlanPorts,
): StagePlan {
  if (recorder === undefined) return plan
  const begin = (received: Received): Noted => {
    const noted = received as Noted
    noted.work = new Work()
    return recorder.begin === undefined ? noted : (recorder.begin(noted) as Noted)
  }
  const end = (exchange: Noted, answer: Answer, responseBytes: number): void => {
    const { work } = exchange
    if (work.fault !== undefined) exchange.fault = work.fault
    const endedAtMs = clock.now()
    try {
      recorder.record({ exchange: exchange as Received as Exchange, answer, work, endedAtMs, responseBytes })
    } catch (error) {
      // The request is answered: what is told of it must not change that.
      bug(error, exchange.requestId)
    }
  }
  const finish = (exchange: Noted, answer: Answer): Answer => {
    const { body } = answer
    if (isStream(body)) {
      const { work } = exchange
      const begun = (): void => {
        if (work.integrationAtMs >= 0) work.firstContentMs = clock.now() - work.integrationAtMs
      }
      return { ...answer, body: counted(body, begun, (bytes) => end(exchange, answer, bytes)) }
    }
    end(exchange, answer, bytesOf(body))
    return answer
  }
  return {
    ...plan,
    run: (received) => {
      const exchange = begin(received)
      return whenKnown(plan.run(exchange), (answer) => finish(exchange, answer))
    },
    tooLarge: (received) => {
      const exchange = begin(received)
      return finish(exchange, plan.tooLarge(exchange))
    },
  }
}

/** Notes the fault that ends a request. Costs nothing when nobody records. */
export function noteFault(received: Worked, fault: GatewayFault | HttpFault): void {
  if (received.work !== undefined) received.work.fault = fault
}

/** The list with the time of its integration, and of its authorization, noted for those who record. */
export function timed<Start extends Worked, Known extends object>(
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
      const { work } = exchange as Worked
      if (work === undefined) return step.run(exchange)
      const startedMs = clock.now()
      if (member === 'integrationMs') work.integrationAtMs = startedMs
      let told: object | Promise<object>
      try {
        told = step.run(exchange)
      } catch (error) {
        // An authorization that refuses at once took time all the same; an integration that cannot be called took none.
        if (member === 'authorizerMs') work[member] = clock.now() - startedMs
        throw error
      }
      if (!(told instanceof Promise)) {
        work[member] = clock.now() - startedMs
        return told
      }
      // Written for both outcomes, since `finally` would cost each request two more promises.
      return told.then(
        (later: object) => {
          work[member] = clock.now() - startedMs
          return later
        },
        (error: unknown) => {
          work[member] = clock.now() - startedMs
          throw error
        },
      )
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
function counted(
  body: AsyncIterable<Uint8Array>,
  begun: () => void,
  ended: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  let bytes = 0
  let isOver = false
  const end = (): void => {
    if (!isOver) ended(bytes)
    isOver = true
  }
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    try {
      const chunk = await source.next()
      if (chunk.done === true) end()
      else {
        if (bytes === 0) begun()
        bytes += chunk.value.length
      }
      return chunk
    } catch (error) {
      end()
      throw error
    }
  }
  // No generator: one that waits for a chunk would learn only with the next that its reader left.
  const leave = async (): Promise<IteratorResult<Uint8Array>> => {
    end()
    await source.return?.()
    return { value: undefined, done: true }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}
