// What holds for every call of every service: an answer in time and of the model's form, or a refusal in AWS's, and then nothing has changed.
import fc from 'fast-check'
import { expect } from 'vitest'
import type { ModelName } from '../../gateway/src/services/models.ts'
import { misfit } from './answers.ts'
import { callsOf, type WireCall } from './calls.ts'
import type { Place, Reply } from './place.ts'

const longestMs = 2_000

/** How long and how often to try. */
export interface Effort {
  readonly milliseconds: number
  readonly calls: number
}

/** What really runs code, waits for it, or makes keys, which takes its time. */
const unsent = /^(?:Invoke.*|StartLiveTail|GenerateClientCertificate)$/

/** What is there shall stay, so that later calls have something to be about: deletions have their turn at the end. */
const deletes = /^(?:Delete|Remove|Reject|Detach)/

/** Rejects with the first call that breaks the rule, shrunk. */
export async function checkRefusals(place: Place, service: ModelName, { milliseconds, calls }: Effort): Promise<void> {
  const isCalled = (name: string): boolean => !unsent.test(name)
  const using = callsOf(service, place.known, (name) => isCalled(name) && !deletes.test(name))
  await checkCalls({ place, service }, using, { milliseconds: milliseconds * 0.85, calls: calls * 0.85 })
  const deleting = callsOf(service, place.known, (name) => isCalled(name) && deletes.test(name))
  await checkCalls({ place, service }, deleting, { milliseconds: milliseconds * 0.15, calls: calls * 0.15 })
}

interface Checking {
  readonly place: Place
  readonly service: ModelName
}

async function checkCalls(
  { place, service }: Checking,
  anyCall: fc.Arbitrary<WireCall> | undefined,
  effort: Effort,
): Promise<void> {
  if (anyCall === undefined) return
  await fc.assert(
    fc.asyncProperty(anyCall, async (call) => {
      const commits = place.commits()
      const reply = await place.send(call)
      expect(reply.tookMs, `${told(call, reply)} took too long`).toBeLessThan(longestMs)
      if (reply.status !== 501) expect(reply.status, told(call, reply)).toBeLessThan(500)
      if (reply.status >= 400) {
        expectFault(call, reply)
        // A store tells of every commit (ports/store.ts): without one, every record is as it was.
        expect(place.commits(), `${told(call, reply)} left a trace`).toBe(commits)
      } else if (reply.headers.get('content-type')?.includes('json') === true) {
        expect(misfit(service, call.operation, reply.text), told(call, reply)).toBeUndefined()
      }
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    }),
    { numRuns: effort.calls, interruptAfterTimeLimit: effort.milliseconds, markInterruptAsFailure: false },
  )
}

/** AWS's form of a refusal in each protocol. */
function expectFault(call: WireCall, { status, headers, text }: Reply): void {
  expect(headers.get('x-amzn-requestid'), told(call, { status, text })).toMatch(/^[0-9a-f-]{36}$/)
  if (text.startsWith('<')) {
    expect(text).toMatch(/<Error>[^]*<Code>\w+<\/Code>[^]*<Message>/)
    return
  }
  const { __type, message, Message } = JSON.parse(text) as Readonly<Record<string, unknown>>
  expect(typeof (message ?? Message), told(call, { status, text })).toBe('string')
  expect(String(headers.get('x-amzn-errortype') ?? __type), told(call, { status, text })).toMatch(/^[\w.#]+$/)
}

function told({ operation, method, target, body }: WireCall, { status, text }: Pick<Reply, 'status' | 'text'>): string {
  return `${operation}: ${method} ${target.slice(0, 300)} ${body.slice(0, 600)} → ${status} ${text.slice(0, 300)}`
}
