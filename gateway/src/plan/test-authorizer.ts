// Test calls of a REST API's authorizers: the step of a method that uses one, run once, with what it asked and heard. REST 15.2.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import { utf8 } from '../nouns/bytes.ts'
import type { Caller, Received } from '../nouns/exchange.ts'
import {
  tellAuthorized,
  tellAuthorizer,
  tellAuthorizerResult,
  tellInvocation,
  tellUnauthorized,
} from '../nouns/execution-lines.ts'
import { GatewayFault } from '../nouns/faults.ts'
import { lastHeader } from '../nouns/headers.ts'
import { toldByTest } from '../nouns/test-context.ts'
import type { Functions } from '../ports/functions.ts'
import type { AuthorizerTest, AuthorizerTestResult } from '../ports/test-calls.ts'
import { planRestAuthorization } from './rest-authorization.ts'
import { stageFacts } from './rest.ts'
import { methodFacts } from './rest-methods.ts'
import type { RestPlanPorts } from './stage-plan.ts'
import { TestLog } from './test-log.ts'
import { testReceived } from './test-request.ts'

const testStage = 'ESTestInvoke-stage'

/** What the authorizer's function answered, when it was asked and did not fail. */
interface Heard {
  isAnswered: boolean
  text: string | undefined
}

export async function testAuthorizer(test: AuthorizerTest, ports: RestPlanPorts): Promise<AuthorizerTestResult> {
  const { clock } = ports
  const log = new TestLog(crypto.randomUUID(), clock)
  const authorizer = test.snapshot.authorizers.find(({ id }) => id === test.authorizerId)
  if (authorizer === undefined) throw new Error(`the snapshot has no authorizer ${test.authorizerId}`)
  const telling = { listener: log, requestId: log.requestId }
  tellAuthorizer(telling, test.authorizerId, identityOf(authorizer, test))
  const heard: Heard = { isAnswered: false, text: undefined }
  const outcome = await ask(test, log, { ...ports, functions: overheard(ports.functions, test, { log, heard }) })
  const policy = outcome instanceof GatewayFault && outcome.type !== 'ACCESS_DENIED' ? undefined : policyIn(heard.text)
  const done = (status: number): AuthorizerTestResult => ({
    status,
    log: log.text,
    latencyMs: Math.round(clock.now() - log.startedMs),
    principalId: policy?.principalId,
    policy: policy?.policy,
    claims: outcome instanceof GatewayFault ? undefined : claimsOf(outcome),
  })
  // AWS: a policy that denies is an answer like any other.
  if (!(outcome instanceof GatewayFault) || policy !== undefined) {
    tellAuthorized(telling, policy?.principalId)
    return done(0)
  }
  if (outcome.status === 401) {
    tellUnauthorized(telling)
    return done(401)
  }
  const general = 'Execution failed due to configuration error: Authorizer error'
  log.logged(outcome.log ?? general)
  // AWS: said once more of a function that could not be asked.
  if (outcome.log !== undefined && !heard.isAnswered) log.logged(general)
  log.logged(outcome.errorType)
  return done(500)
}

/** Who was let in, or why nobody was. */
async function ask(
  test: AuthorizerTest,
  log: TestLog,
  ports: RestPlanPorts,
): Promise<Caller | undefined | GatewayFault> {
  // The API's policy and its endpoints are not asked: this is about the authorizer alone.
  const { policy: _policy, endpointConfiguration: _endpoints, ...api } = test.snapshot.api
  const snapshot = { ...test.snapshot, api }
  const stage = {
    ...stageFacts(snapshot, { stageName: testStage, variables: test.stageVariables }, test.scope),
    isTest: true,
  }
  const method = { httpMethod: 'GET', authorizationType: 'CUSTOM', authorizerId: test.authorizerId, resourceId: '' }
  const facts = methodFacts(method, stage, '/')
  // The step says nothing itself: a test tells of an identity that is missing too.
  const told = Object.entries(test.additionalContext ?? {}).map(([name, value]) => toldByTest(name, value))
  const received: Received = Object.assign(testReceived(test, log, { method: 'GET', path: '/' }), ...told, {
    listener: undefined,
  })
  try {
    const step = planRestAuthorization(snapshot, stage, ports)(method)
    return (await step.run({ ...received, target: facts, pathParameters: undefined })).caller
  } catch (error) {
    if (error instanceof GatewayFault) return error
    throw error
  }
}

/** The same functions; what is asked and answered is told and kept. */
function overheard(
  functions: Functions,
  test: AuthorizerTest,
  { log, heard }: { readonly log: TestLog; readonly heard: Heard },
): Functions {
  return {
    stream: (call) => functions.stream(call),
    invoke: async (call) => {
      const { functionArn, payload } = call
      const apiId = test.snapshot.api.id ?? ''
      tellInvocation(log, { functionArn, requestId: log.requestId, apiId, payload, atMs: log.startedMs })
      const answer = await functions.invoke(call)
      tellAuthorizerResult({ listener: log, requestId: log.requestId }, answer.payload)
      heard.isAnswered = true
      if (answer.functionError === undefined) heard.text = utf8(answer.payload)
      return answer
    },
  }
}

/** The value of the header that a TOKEN or Cognito authorizer reads. */
function identityOf({ type, identitySource }: apigateway.Authorizer, { headers }: AuthorizerTest): string {
  if (type === 'REQUEST') return ''
  const name = (identitySource ?? 'method.request.header.Authorization').replace('method.request.header.', '')
  return lastHeader(headers, name.toLowerCase()) ?? ''
}

function policyIn(text: string | undefined): { readonly principalId: string; readonly policy: string } | undefined {
  if (text === undefined) return undefined
  try {
    const { principalId, policyDocument } = JSON.parse(text) as { principalId?: unknown; policyDocument?: unknown }
    if (typeof principalId !== 'string' || typeof policyDocument !== 'object') return undefined
    return { principalId, policy: JSON.stringify(policyDocument) }
  } catch {
    return undefined
  }
}

function claimsOf(caller: Caller | undefined): Readonly<Record<string, string>> | undefined {
  if (caller?.claims === undefined) return undefined
  return Object.fromEntries(Object.entries(caller.claims).map(([name, value]) => [name, String(value)]))
}
