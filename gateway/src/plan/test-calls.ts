// Test calls of REST APIs: a method's own steps, run once on an API that is not deployed. Recorded: REST 19; REST 15.
import { utf8 } from '../nouns/bytes.ts'
import type { Answer, AnswerBody, Keyed } from '../nouns/exchange.ts'
import { tellCompleted, tellMethodResponse } from '../nouns/execution-lines.ts'
import type { HeaderList } from '../nouns/headers.ts'
import type { RestAdmitted, RestMethod } from '../nouns/rest.ts'
import type { Clock } from '../ports/clock.ts'
import type { MethodTest, MethodTestResult, TestCalls, Tester } from '../ports/test-calls.ts'
import { compileGatewayResponses } from '../steps/answer/gateway-responses.ts'
import { Pipeline } from '../steps/pipeline.ts'
import { createRestTrie } from '../steps/route/rest.ts'
import { readParameters } from '../steps/validate/read.ts'
import { configurationOf } from './method-configuration.ts'
import { faultOf, stageFacts } from './rest.ts'
import { methodFacts } from './rest-methods.ts'
import { intakeOf, servedMethod } from './rest-served.ts'
import type { PlanPorts, RestPlanPorts } from './stage-plan.ts'
import { testAuthorizer } from './test-authorizer.ts'
import { TestLog } from './test-log.ts'
import { testReceived } from './test-request.ts'

const testStage = 'test-invoke-stage'
/** What a test of a streaming method waits for, and takes, at most. Security L.3 */
const streamTestMs = 35_000
const streamTestBytes = 1_048_576

export function createTestCalls(ports: RestPlanPorts): TestCalls {
  return { method: (test) => testMethod(test, ports), authorizer: (test) => testAuthorizer(test, ports) }
}

async function testMethod(test: MethodTest, ports: PlanPorts): Promise<MethodTestResult> {
  const { clock } = ports
  const startedMs = clock.now()
  const done = (status: number, headers: HeaderList, body: string, log: string): MethodTestResult => ({
    status,
    headers,
    body,
    log,
    latencyMs: Math.round(clock.now() - startedMs),
  })
  const log = new TestLog(crypto.randomUUID(), clock)
  const plan = planTest(test, ports)
  const received = receivedOf(test, log, plan.facts)
  const answering = plan.run(received)
  if (!plan.streams) {
    const { status, headers, body } = await answering
    return done(status, headers, utf8(await firstBytes(body, Infinity)), log.text)
  }
  const limit = deadline(clock, streamTestMs)
  const answer = await Promise.race([answering, limit.passed])
  if (answer === undefined) return done(0, [], '', '')
  const body = await firstBytes(answer.body, streamTestBytes, limit.passed)
  limit.cancel()
  return done(answer.status, answer.headers, utf8(body), '')
}

interface TestPlan {
  readonly facts: RestMethod
  readonly streams: boolean
  readonly run: (received: RestAdmitted) => Promise<Answer>
}

function planTest(test: MethodTest, ports: PlanPorts): TestPlan {
  const { snapshot, scope, resourceId, configuredMethod, stageVariables: variables, clientCertificate } = test
  const stage = {
    ...stageFacts(snapshot, { stageName: testStage, clientCertificate, variables }, scope),
    isTest: true,
  }
  const resourcePath = snapshot.resources.find(({ id }) => id === resourceId)?.path ?? '/'
  const method = snapshot.methods.find((each) => each.resourceId === resourceId && each.httpMethod === configuredMethod)
  if (method === undefined) throw new Error(`the snapshot has no method ${configuredMethod} of resource ${resourceId}`)
  const facts = methodFacts(method, stage, resourcePath)
  const list = Pipeline.from<RestAdmitted>()
    .step(readParameters)
    .through(servedMethod(configurationOf(method, undefined, resourcePath), stage, ports, intakeOf(snapshot)))
  const gatewayResponse = compileGatewayResponses(snapshot.gatewayResponses, stage)
  return {
    facts,
    streams: method.methodIntegration?.responseTransferMode === 'STREAM',
    run: async (received) => {
      const { listener } = received
      let answer: Answer
      try {
        answer = (await list.run(received)).answer
        if (listener !== undefined) tellMethodResponse(listener, answer)
      } catch (error) {
        answer = withoutContentType(gatewayResponse(faultOf(error, received, ports), received))
      }
      if (listener !== undefined) tellCompleted(listener, answer)
      return answer
    },
  }
}

/** AWS: the answer of a failed test has its error type alone — recorded; REST 15.1 */
function withoutContentType({ status, headers, body }: Answer): Answer {
  const kept = headers.filter((_, index) => (headers[index - (index % 2)] ?? '').toLowerCase() !== 'content-type')
  return { status, headers: kept, body }
}

function receivedOf(test: MethodTest, log: TestLog, facts: RestMethod): RestAdmitted & Keyed {
  const received = testReceived(test, log, { method: test.httpMethod, path: facts.resourcePath })
  // AWS: a path that is not the resource's is taken, and has no parameters — recorded REST 19
  const trie = createRestTrie()
  trie.add(facts.resourcePath, facts.httpMethod, 0)
  const pathParameters = trie.match(received.rawPath, test.httpMethod)?.pathParameters
  // AWS: a test has a key, whether its method asks for one or not — REST 15.1
  const apiKey = { id: 'test-invoke-api-key-id', value: 'test-invoke-api-key' }
  return { ...received, target: facts, pathParameters, caller: { identity: identityOf(test.tester) }, apiKey }
}

function identityOf({ account, arn, userId, accessKeyId, userAgent }: Tester) {
  return { accountId: account, accessKey: accessKeyId, caller: userId, user: userId, userArn: arn, userAgent }
}

function deadline(clock: Clock, delayMs: number): { passed: Promise<undefined>; cancel: () => void } {
  let cancel = (): void => {}
  const passed = new Promise<undefined>((resolve) => {
    cancel = clock.after(delayMs, () => resolve(undefined))
  })
  return { passed, cancel }
}

/** The body's bytes: of a stream what comes before `passed` settles, and at most about `limitBytes`; a stream that breaks off ends. */
async function firstBytes(body: AnswerBody, limitBytes: number, passed?: Promise<undefined>): Promise<Uint8Array> {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  if (!(Symbol.asyncIterator in body)) return Buffer.concat(body)
  const chunks: Uint8Array[] = []
  let bytes = 0
  const iterator = body[Symbol.asyncIterator]()
  try {
    while (bytes <= limitBytes) {
      const next = await Promise.race([iterator.next(), ...(passed === undefined ? [] : [passed])])
      if (next === undefined || next.done === true) break
      chunks.push(next.value)
      bytes += next.value.length
    }
  } catch {
    // What came before is the answer.
  }
  void iterator.return?.()
  return Buffer.concat(chunks)
}
