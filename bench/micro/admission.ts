// Who may pass and how much, step by step: an API key with its plan, a signature next to the hashes it contains, a remembered verdict.
import { createHmac, createSecretKey, hash } from 'node:crypto'
import type { Bench } from 'tinybench'
import { systemClock } from '../../gateway/src/adapters/clocks.ts'
import { createMemoryCounters } from '../../gateway/src/adapters/memory-counters.ts'
import { createMemoryStore } from '../../gateway/src/adapters/memory-store.ts'
import { createStoredApiKeys } from '../../gateway/src/adapters/stored-api-keys.ts'
import { createStoredPrincipals } from '../../gateway/src/adapters/stored-principals.ts'
import type { RestMethod, RestRouted } from '../../gateway/src/nouns/rest.ts'
import type { Store } from '../../gateway/src/ports/store.ts'
import { authorizeByIam } from '../../gateway/src/steps/authorize/rest/iam.ts'
import { authorizeByLambda, RestLambdaAuthorizer } from '../../gateway/src/steps/authorize/rest/lambda.ts'
import { compileResourceGuard } from '../../gateway/src/steps/authorize/rest/resource-policy.ts'
import { requireApiKey } from '../../gateway/src/steps/identify/api-key.ts'
import { throttleRest } from '../../gateway/src/steps/throttle/rest.ts'
import { sign } from '../../libs/sigv4/src/index.ts'
import { method, received } from './event.ts'

const account = '000000000000'
const scope = { account, region: 'us-east-1' }
const keyValue = 'an-api-key-of-forty-letters-and-digits-0'
const credentials = { accessKeyId: 'AKIDBENCH', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const allow = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:*:${account}:abc/*` }],
}
const target: RestMethod = { ...method, apiKeyRequired: true }

export async function addAdmission(bench: Bench): Promise<void> {
  const store = createMemoryStore()
  await fill(store)
  await addKeys(bench, store)
  await addSignature(bench, store)
  await addVerdict(bench)
}

/** A key in a plan with a throttle and a quota, and a user who may call the API. */
async function fill(store: Store): Promise<void> {
  await store.transact(scope, async (transaction) => {
    transaction.put('ApiKey', ['k1'], { id: 'k1', value: keyValue, enabled: true })
    transaction.put('UsagePlan', ['p1'], {
      id: 'p1',
      apiStages: [{ apiId: 'abc', stage: 'dev' }],
      throttle: { rateLimit: 1e8, burstLimit: 1e8 },
      quota: { limit: 2e9, period: 'DAY', offset: 0 },
    })
    transaction.put('UsagePlanKey', ['p1', 'k1'], { id: 'k1' })
  })
  await store.transact({ account, region: 'global' }, async (transaction) => {
    await transaction.claim('access-key', credentials.accessKeyId, account)
    transaction.put('User', ['bench'], {
      userName: 'bench',
      userId: 'AIDABENCH',
      path: '/',
      arn: `arn:aws:iam::${account}:user/bench`,
      createDate: 0,
      tags: {},
      inlinePolicies: { p: JSON.stringify(allow) },
      attachedPolicyArns: [],
    })
    const key = { ...credentials, userName: 'bench', status: 'Active', createDate: 0 } as const
    transaction.put('AccessKey', [credentials.accessKeyId], key)
  })
}

async function addKeys(bench: Bench, store: Store): Promise<void> {
  const counters = createMemoryCounters(store, systemClock)
  const key = requireApiKey({ stage: target.stage, source: 'HEADER' }, createStoredApiKeys(store))
  const throttle = throttleRest(
    { stage: target.stage, setting: {}, apiKeyRequired: true, account: undefined },
    counters,
  )
  const headers = [...received.headers, 'x-api-key', keyValue]
  const exchange = (): RestRouted & { caller: undefined } => ({ ...received, headers, target, caller: undefined })
  const first = exchange()
  await throttle?.run(Object.assign(first, await key.run(first)))
  bench.add('admission: the request alone', () => void exchange())
  bench.add('admission: API key, plan throttle and quota', () => {
    const request = exchange()
    void throttle?.run(Object.assign(request, key.run(request)))
  })
}

async function addSignature(bench: Bench, store: Store): Promise<void> {
  const guard = compileResourceGuard({ stage: method.stage, policy: undefined, isPrivate: false })
  const now = Date.now()
  const ports = {
    principals: createStoredPrincipals({ store, trustedAccount: undefined }),
    clock: { ...systemClock, now: () => now },
  }
  const step = authorizeByIam(method.stage, guard, ports)
  // Some headers are signed, as SDKs do; others come on the way.
  const [signed, others] = [received.headers.slice(0, 8), received.headers.slice(8, 22)]
  const rawHeaders = ['Host', 'abc.execute-api.localhost', ...signed]
  const request = { ...received, path: received.rawPath, query: received.rawQuery, rawHeaders }
  const added = sign(request, credentials, { region: 'us-east-1', service: 'execute-api', date: now })
  const headers = [...rawHeaders, ...others, ...added]
  const exchange = (): RestRouted => ({ ...received, headers, target: method })
  await step.run(exchange())
  bench.add('admission: IAM, signing key cached', () => void step.run(exchange()))
  const canonical = 'x'.repeat(700)
  const signingKey = createSecretKey(createHmac('sha256', 'a').update('b').digest())
  bench.add('admission: the hashes of a signature alone', () => {
    hash('sha256', received.body)
    const text = `AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-east-1/execute-api/aws4_request\n${hash('sha256', canonical)}`
    createHmac('sha256', signingKey).update(text).digest('hex')
  })
}

async function addVerdict(bench: Bench): Promise<void> {
  const guard = compileResourceGuard({ stage: method.stage, policy: undefined, isPrivate: false })
  const payload = Buffer.from(JSON.stringify({ principalId: 'ada', policyDocument: allow, context: { tenant: 'a' } }))
  const functions = {
    invoke: async () => ({ payload, functionError: undefined, requestId: 'r' }),
    stream: () => Promise.reject(new Error('nobody streams here')),
  }
  const settings = {
    stage: method.stage,
    authorizerId: 'a1',
    functionArn: 'arn:function',
    role: undefined,
    ttlSeconds: 3600,
  }
  const authorizer = new RestLambdaAuthorizer(settings, functions as never, systemClock)
  const token = 'Bearer a-token-of-a-usual-length-with-some-letters'
  const question = {
    identitySource: 'method.request.header.Authorization',
    identity: () => [token],
    lack: () => '',
    shown: () => '',
    event: () => '{}',
  }
  const step = authorizeByLambda(authorizer, question, guard, systemClock)
  const exchange = (): RestRouted => ({ ...received, target: method })
  await step.run(exchange())
  bench.add('admission: a remembered verdict', () => void step.run(exchange()))
}
