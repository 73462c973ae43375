// Lines of subscribed groups: what is handed over, what is dropped, and that it is told.
import { expect, test, vi } from 'vitest'
import { createLog } from '../log.ts'
import { FunctionFault, type FunctionCall, type Functions } from '../ports/functions.ts'
import type { KeptLines } from '../ports/logs.ts'
import { LogSubscriptions } from './log-subscriptions.ts'

const subscription = {
  name: 'all',
  pattern: '',
  destinationArn: 'arn:aws:lambda:us-east-1:000000000000:function:watcher',
  principal: 'logs.us-east-1.amazonaws.com',
  distribution: 'ByLogStream',
  createdMs: 0,
} as const

function kept(...messages: readonly string[]): KeptLines {
  const events = messages.map((message, id) => ({ id, stream: 's', timestampMs: 1, ingestionMs: 1, message }))
  const scope = { account: '000000000000', region: 'us-east-1' }
  return { place: { scope, group: 'pets', stream: 's' }, subscriptions: [subscription], events }
}

/** A place where functions are: they take what they are given, or throw. */
function open(answer?: () => never, maximumWaitingChars = 1_000) {
  const calls: FunctionCall[] = []
  const said: Record<string, unknown>[] = []
  const subscriptions = new LogSubscriptions({
    compile: (pattern) => (message) => message.includes(pattern),
    log: createLog('warn', (line) => said.push(JSON.parse(line) as Record<string, unknown>)),
    maximumWaitingChars,
  })
  const functions: Functions = {
    invoke: (call) => {
      calls.push(call)
      answer?.()
      return Promise.resolve({
        status: 202,
        payload: new Uint8Array(),
        executedVersion: '',
        requestId: '',
        logTail: '',
      })
    },
    stream: () => Promise.reject(new Error('nobody streams')),
  }
  subscriptions.deliverTo(functions)
  return { subscriptions, calls, said }
}

test('a function is invoked asynchronously, by CloudWatch Logs for the group', async () => {
  const { subscriptions, calls } = open()
  subscriptions.take([kept('a', 'b')])
  await subscriptions.close()
  expect(calls).toMatchObject([
    {
      functionArn: subscription.destinationArn,
      type: 'Event',
      principal: 'logs.us-east-1.amazonaws.com',
      sourceArn: 'arn:aws:logs:us-east-1:000000000000:log-group:pets:*',
    },
  ])
  expect(subscriptions.dropped).toBe(0)
})

test('lines that a function does not take are dropped, counted, and told of once', async () => {
  const { subscriptions, said } = open(() => {
    throw new FunctionFault('throttled', { status: 429, code: 'TooManyRequestsException', message: 'Rate Exceeded.' })
  })
  subscriptions.take([kept('a', 'b')])
  await vi.waitFor(() => expect(subscriptions.dropped).toBe(2))
  subscriptions.take([kept('c')])
  await subscriptions.close()
  expect(subscriptions.dropped).toBe(3)
  expect(said).toHaveLength(1)
  expect(said[0]).toMatchObject({ logGroup: 'pets', subscription: 'all', dropped: 2, why: 'Rate Exceeded.' })
})

test('more lines than may wait are dropped; when those that wait are gone, others are taken', async () => {
  const { subscriptions, calls, said } = open()
  subscriptions.take([kept('x'.repeat(900))])
  subscriptions.take([kept('y'.repeat(101), 'z')])
  await subscriptions.close()
  expect([calls.length, subscriptions.dropped]).toEqual([1, 2])
  expect(said[0]).toMatchObject({ why: 'too many lines wait' })
  subscriptions.take([kept('y'.repeat(900))])
  await subscriptions.close()
  expect([calls.length, subscriptions.dropped]).toEqual([2, 2])
})
