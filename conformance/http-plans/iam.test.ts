// IAM authorization of HTTP APIs: signatures by known keys, policies, and what `dev` takes. HTTP 13, Security A.
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda'
import { presign, sign } from '@sluice/sigv4'
import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../gateway/src/adapters/memory-store.ts'
import type { Store } from '../../gateway/src/ports/store.ts'
import { startBackend } from './backend.ts'
import type { Call, Reply } from '../fixture/plan-call.ts'
import { account, answering, apiId, invoking, proxyTo, region, stageOf, startMs } from './stage.ts'

const host = `${apiId}.execute-api.localhost`
const apiArn = `arn:aws:execute-api:${region}:${account}:${apiId}`
const ada = { accessKeyId: 'AKIAADA', secretAccessKey: 'secret-ada' }

let store: Store
beforeEach(() => {
  store = createMemoryStore()
})

const policy = (Resource: string, Effect = 'Allow', more: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource, ...more }] })

interface UserPlan {
  readonly inline?: Readonly<Record<string, string>>
  readonly attached?: readonly string[]
  readonly boundary?: string
  readonly account?: string
  readonly status?: 'Active' | 'Inactive'
}

async function createAda(plan: UserPlan): Promise<void> {
  const owner = plan.account ?? account
  await store.transact({ account: owner, region: 'global' }, async (transaction) => {
    await transaction.claim('access-key', ada.accessKeyId, owner)
    transaction.put('AccessKey', [ada.accessKeyId], {
      ...ada,
      userName: 'ada',
      status: plan.status ?? 'Active',
      createDate: 0,
    })
    transaction.put('User', ['ada'], {
      userName: 'ada',
      userId: 'AIDAADA',
      path: '/',
      arn: `arn:aws:iam::${owner}:user/ada`,
      createDate: 0,
      tags: {},
      inlinePolicies: plan.inline ?? {},
      attachedPolicyArns: plan.attached ?? [],
      permissionsBoundary: plan.boundary,
    })
  })
}

async function createManaged(arn: string, document: string): Promise<void> {
  await store.transact({ account, region: 'global' }, async (transaction) => {
    transaction.put('ManagedPolicy', [arn], {
      policyName: 'p',
      policyId: 'ANPA',
      path: '/',
      arn,
      createDate: 0,
      updateDate: 0,
      tags: {},
      defaultVersionId: 'v2',
      versions: [
        { versionId: 'v1', document: policy('*', 'Deny'), createDate: 0 },
        { versionId: 'v2', document, createDate: 0 },
      ],
    })
  })
}

interface Signing {
  readonly credentials?: typeof ada
  readonly region?: string
  readonly service?: string
  readonly date?: number
}

/** A signed call of `GET /dev/pets/7?x=1`. */
function signed(signing: Signing = {}, call: Call = {}): Call {
  const { method = 'GET', path = '/pets/7', query = 'x=1', body = '' } = call
  const headers = ['Host', host, ...(call.headers ?? [])]
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const request = { method, path: call.sentPath ?? `/dev${path}`, query, rawHeaders: headers, body: bytes }
  const added = sign(request, signing.credentials ?? ada, {
    region: signing.region ?? region,
    service: signing.service ?? 'execute-api',
    date: signing.date ?? startMs,
  })
  return { ...call, method, path, query, body, headers: [...headers, ...added] }
}

/** A stage `dev` whose routes need IAM. */
function protectedStage(trusting = false): {
  readonly call: (call?: Call) => Promise<Reply>
  readonly event: () => APIGatewayProxyEventV2WithIAMAuthorizer | undefined
} {
  let event: APIGatewayProxyEventV2WithIAMAuthorizer | undefined
  const call = stageOf({
    stageName: 'dev',
    store,
    trusting,
    routes: { 'ANY /pets/{id}': { ...invoking('2.0'), route: { AuthorizationType: 'AWS_IAM' } } },
    invoke: ({ payload }) => {
      event = JSON.parse(String(payload)) as APIGatewayProxyEventV2WithIAMAuthorizer
      return answering('in')
    },
  })
  return { call: (given) => call(given), event: () => event }
}

const outcome = ({ status, text }: Reply): unknown[] => [status, text]
const letIn = [200, 'in']
const forbidden = [403, '{"message":"Forbidden"}']

describe('a signer whose policy allows the call', () => {
  beforeEach(() => createAda({ inline: { p: policy(`${apiArn}/dev/GET/pets/*`) } }))

  test('is let in, and the event says who it is', async () => {
    const { call, event } = protectedStage()
    expect(outcome(await call(signed()))).toEqual(letIn)
    expect(event()?.requestContext.authorizer).toEqual({
      iam: {
        accessKey: 'AKIAADA',
        accountId: account,
        callerId: 'AIDAADA',
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: `arn:aws:iam::${account}:user/ada`,
        userId: 'AIDAADA',
      },
    })
  })

  test('may sign the query instead', async () => {
    const request = {
      method: 'GET',
      path: '/dev/pets/7',
      query: 'x=1',
      rawHeaders: ['Host', host],
      body: new Uint8Array(),
    }
    const query = presign(request, ada, { region, service: 'execute-api', date: startMs, expiresSeconds: 60 })
    expect(outcome(await protectedStage().call({ path: '/pets/7', query, headers: ['Host', host] }))).toEqual(letIn)
  })

  test('signs the path as sent, whatever its style', async () => {
    const call = signed({}, { sentPath: `/_aws/execute-api/${apiId}/dev/pets/7` })
    expect(outcome(await protectedStage().call(call))).toEqual(letIn)
  })

  test('is not let in elsewhere, and the log says why', async () => {
    const reply = await protectedStage().call(signed({}, { method: 'POST', body: 'b' }))
    expect(outcome(reply)).toEqual(forbidden)
    expect(reply.header('x-amzn-errortype')).toBeUndefined()
    expect(reply.lines).toContain(
      `User: arn:aws:iam::${account}:user/ada is not authorized to perform: execute-api:Invoke on resource: ${apiArn}/dev/POST/pets/7`,
    )
  })

  test.each<[string, Call]>([
    ['no signature', { path: '/pets/7' }],
    ['another scheme', { path: '/pets/7', headers: ['Host', host, 'Authorization', 'Bearer t'] }],
    ['a wrong secret', signed({ credentials: { ...ada, secretAccessKey: 'other' } })],
    ['an unknown key', signed({ credentials: { accessKeyId: 'AKIANONE', secretAccessKey: 'x' } })],
    ['another service', signed({ service: 'apigateway' })],
    ['another region', signed({ region: 'us-east-1' })],
    ['an old signature', signed({ date: startMs - 300_001 })],
    ['another path', { ...signed(), path: '/pets/8' }],
    ['another query', { ...signed(), query: 'x=2' }],
    ['another body', { ...signed({}, { method: 'GET', body: 'a' }), body: 'b' }],
  ])('is refused with %s', async (_, call) => {
    expect(outcome(await protectedStage().call(call))).toEqual(forbidden)
  })
})

describe('policies', () => {
  test('of a user without any let nobody in', async () => {
    await createAda({})
    expect(outcome(await protectedStage().call(signed()))).toEqual(forbidden)
  })

  test('that are attached count in their default version; a change counts at once', async () => {
    const arn = `arn:aws:iam::${account}:policy/p`
    await createManaged(arn, policy('*'))
    await createAda({ attached: [arn, `arn:aws:iam::${account}:policy/gone`] })
    const { call } = protectedStage()
    expect(outcome(await call(signed()))).toEqual(letIn)
    await createManaged(arn, policy('*', 'Deny'))
    expect(outcome(await call(signed()))).toEqual(forbidden)
  })

  test('are limited by a permissions boundary, even by one that is gone', async () => {
    const arn = `arn:aws:iam::${account}:policy/limit`
    await createAda({ inline: { p: policy('*') }, boundary: arn })
    const { call } = protectedStage()
    expect(outcome(await call(signed()))).toEqual(forbidden)
    await createManaged(arn, policy(`${apiArn}/*`))
    expect(outcome(await call(signed()))).toEqual(letIn)
  })

  test('may ask for the address of the caller', async () => {
    const condition = (address: string): object => ({ Condition: { IpAddress: { 'aws:SourceIp': address } } })
    await createAda({ inline: { p: policy('*', 'Allow', condition('192.0.2.0/24')) } })
    expect(outcome(await protectedStage().call(signed()))).toEqual(letIn)
    await createAda({ inline: { p: policy('*', 'Allow', condition('198.51.100.0/24')) } })
    expect(outcome(await protectedStage().call(signed()))).toEqual(forbidden)
  })

  test('of another account let nobody in', async () => {
    await createAda({ account: '999999999999', inline: { p: policy('*') } })
    expect(outcome(await protectedStage().call(signed()))).toEqual(forbidden)
  })
})

test('the secret must be that of the key that is named, whichever other key stands in the header', async () => {
  await createAda({ inline: { p: policy('*') } })
  const call = signed({ credentials: { accessKeyId: 'AKIABOB', secretAccessKey: ada.secretAccessKey } })
  const other = `Other=x Credential=${ada.accessKeyId}/20260101/${region}/execute-api/aws4_request`
  const headers = call.headers?.map((text) => text.replace('AWS4-HMAC-SHA256 ', `AWS4-HMAC-SHA256 ${other}, `))
  expect((await protectedStage().call({ ...call, ...(headers !== undefined && { headers }) })).status).toBe(403)
})

test('an inactive key is refused', async () => {
  await createAda({ status: 'Inactive', inline: { p: policy('*') } })
  expect(outcome(await protectedStage().call(signed()))).toEqual(forbidden)
})

describe('in dev', () => {
  test('an unknown key is the account’s root, whatever its signature and its clock', async () => {
    const { call, event } = protectedStage(true)
    const unknown = { accessKeyId: 'test', secretAccessKey: 'anything' }
    expect(outcome(await call(signed({ credentials: unknown, date: 0 })))).toEqual(letIn)
    expect(event()?.requestContext.authorizer.iam.userArn).toBe(`arn:aws:iam::${account}:root`)
  })

  test('no signature is still refused, and a key of twelve digits is another account', async () => {
    const { call } = protectedStage(true)
    expect(outcome(await call({ path: '/pets/7' }))).toEqual(forbidden)
    const other = { accessKeyId: '999999999999', secretAccessKey: 'x' }
    expect(outcome(await call(signed({ credentials: other })))).toEqual(forbidden)
  })

  test('a known key has to sign', async () => {
    await createAda({ inline: { p: policy('*') } })
    const { call } = protectedStage(true)
    expect(outcome(await call(signed()))).toEqual(letIn)
    expect(outcome(await call(signed({ credentials: { ...ada, secretAccessKey: 'other' } })))).toEqual(forbidden)
  })
})

test('the signature is not handed on to a backend', async () => {
  const backend = await startBackend()
  await createAda({ inline: { p: policy('*') } })
  const route = { ...proxyTo(backend.url), route: { AuthorizationType: 'AWS_IAM' as const } }
  const call = stageOf({ stageName: 'dev', store, routes: { 'GET /pets/{id}': route } })
  expect((await call(signed({}, { headers: ['X-Color', 'red'] }))).status).toBe(200)
  expect(backend.last().headers['authorization']).toBeUndefined()
  expect(backend.last().headers['x-color']).toBe('red')
  await backend.close()
})
