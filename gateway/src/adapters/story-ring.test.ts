// The ring of stories: slots that are used again tell of their own request alone, whatever came before and is still running.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Answer, Received } from '../nouns/exchange.ts'
import { fault } from '../nouns/faults.ts'
import { Work } from '../nouns/work.ts'
import type { RestOutcome } from '../ports/recorder.ts'
import type { Stories, ToldStage } from '../ports/stories.ts'
import { createStoryRing } from './story-ring.ts'
import { StoryTexts } from './story-texts.ts'

const stage: ToldStage = {
  account: '000000000000',
  region: 'us-east-1',
  protocol: 'REST',
  apiId: 'abc',
  apiName: 'pets',
  stage: 'prod',
  deploymentId: 'd1',
  routeOf: () => 'GET /pets/{petId}',
}

const answer: Answer = { status: 200, headers: [], body: '' }

function received(requestId: string, rawPath = '/prod/pets/7'): Received {
  return {
    requestId,
    extendedRequestId: `${requestId}=`,
    receivedAtMs: 1_000,
    method: 'GET',
    rawPath,
    resourcePathStart: 5,
    rawQuery: '',
    headers: [],
    body: new Uint8Array(0),
    sourceIp: '127.0.0.1',
    protocol: 'HTTP/1.1',
    scheme: 'http',
    port: 4566,
    domainName: 'abc.execute-api.localhost',
    listener: undefined,
  }
}

/** Begins a request; the returned function ends it. */
function serve(stories: Stories, request: Received, tell?: (exchange: Received) => void) {
  const exchange = { ...request, listener: stories.open(stage, request) }
  tell?.(exchange)
  return (work = new Work()): void => {
    const outcome: RestOutcome = { exchange, answer, work, endedAtMs: 1_012, responseBytes: 2 }
    stories.finish(outcome)
  }
}

test('a story tells steps, decisions and the end, with the request’s own verb and path as the reason of its route', () => {
  const stories = createStoryRing(4)
  const end = serve(stories, received('r1'), ({ listener }) => {
    listener?.began?.()
    listener?.decided({ step: 'route', verdict: 'matched', atMs: 0 })
    listener?.ran?.('route')
    listener?.logged('said')
  })
  expect(stories.find('r1')).toMatchObject({ answeredAs: 0, outcome: undefined, lines: ['said'] })
  end()
  expect(stories.find('r1=')).toMatchObject({
    apiName: 'pets',
    path: '/prod/pets/7',
    resourcePath: '/pets/7',
    steps: [{ name: 'route', tookMs: expect.any(Number) }],
    decisions: [{ step: 'route', verdict: 'matched', reason: { verb: 'GET', path: '/pets/7' }, atMs: 1_000 }],
    answeredAs: 1,
    outcome: { status: 200, latencyMs: 12, integrationMs: undefined, fault: undefined },
  })
})

test('a slot that is used again keeps nothing of the request before', () => {
  const stories = createStoryRing(1)
  const work = Object.assign(new Work(), { integrationMs: 3, fault: fault('INTEGRATION_FAILURE', { log: 'why' }) })
  serve(stories, received('r1', `/prod/${'x'.repeat(500)}`), ({ listener }) => {
    listener?.began?.()
    for (let step = 0; step < 50; step++) listener?.ran?.('step')
    for (let decision = 0; decision < 500; decision++) listener?.decided({ step: 's', verdict: 'v', atMs: 1 })
    listener?.logged('line')
  })(work)
  expect(stories.find('r1')).toMatchObject({ path: `/prod/${'x'.repeat(500)}`, outcome: { integrationMs: 3 } })
  expect(stories.find('r1')?.decisions).toHaveLength(200)
  expect(stories.find('r1')?.steps).toHaveLength(24)
  serve(stories, received('r2'))()
  expect(stories.find('r1')).toBeUndefined()
  expect(stories.find('r2')).toMatchObject({
    path: '/prod/pets/7',
    steps: [],
    decisions: [],
    lines: [],
    answeredAs: 2,
    outcome: { integrationMs: undefined, fault: undefined },
  })
})

test('a request that outlasts its place in the ring disturbs nobody else’s story', () => {
  const stories = createStoryRing(2)
  let listener: Received['listener']
  const endSlow = serve(stories, received('slow'), (exchange) => (listener = exchange.listener))
  for (const id of ['a', 'b', 'c']) serve(stories, received(id))()
  listener?.began?.()
  listener?.decided({ step: 'late', verdict: 'told', atMs: 1 })
  listener?.ran?.('late')
  endSlow()
  expect(stories.find('slow')).toBeUndefined()
  const kept = stories.after(0, 10)
  expect(kept.map(({ requestId }) => requestId)).toEqual(['b', 'c'])
  for (const { steps, decisions } of kept) expect([steps, decisions]).toEqual([[], []])
})

test('a listener of somebody else is told too, and has all lines', () => {
  const told: string[] = []
  const next = { decided: () => told.push('decided'), logged: (line: string) => told.push(line) }
  const stories = createStoryRing(1)
  const request = { ...received('r1'), listener: next }
  const listener = stories.open(stage, request)
  expect(listener.decisionsOnly).toBe(false)
  listener.decided({ step: 's', verdict: 'v', atMs: 1 })
  listener.logged('line')
  expect(told).toEqual(['decided', 'line'])
})

const anyText = fc
  .array(fc.oneof(fc.integer({ max: 255, min: 0 }), fc.integer({ max: 65_535, min: 0 })), { maxLength: 200 })
  .map((codes) => String.fromCharCode(...codes))

test('texts come back as they were, of any length and script, one after the other', () => {
  const texts = new StoryTexts()
  fc.assert(
    fc.property(anyText, fc.string(), anyText, (first, second, third) => {
      texts.write(first, second, third)
      expect(texts.read()).toEqual([first, second, third])
    }),
  )
})

test('of what a failure quotes the beginning is kept', () => {
  const stories = createStoryRing(2)
  const long = 'x'.repeat(100_000)
  const end = serve(stories, received('r1'), ({ listener }) => {
    listener?.decided({ step: 'validateBody', verdict: 'invalid', reason: { problem: long, count: 1 }, atMs: 1 })
    listener?.logged(long)
  })
  const work = new Work()
  work.fault = fault('BAD_REQUEST_BODY', { log: long, validationError: long, cause: new Error(long) })
  end(work)
  const begun = `${'x'.repeat(2_048)}…`
  const told = stories.find('r1')
  expect(told?.lines).toEqual([begun])
  expect(told?.decisions).toMatchObject([{ step: 'validateBody', reason: { problem: begun, count: 1 } }])
  expect(told?.outcome?.fault).toMatchObject({ log: begun, cause: begun })
  expect(JSON.stringify(told).length).toBeLessThan(20_000)
})
