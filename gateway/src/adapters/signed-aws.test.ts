// Where calls of AWS services go, and that their signatures are right.
import { verify } from '@sluice/sigv4'
import { describe, expect, test } from 'vitest'
import type { AwsRequest } from '../ports/aws.ts'
import type { Audience, Roles } from '../ports/roles.ts'
import type { Upstream, UpstreamRequest } from '../ports/upstream.ts'
import { VirtualClock } from './clocks.ts'
import { createSignedAws, type SignedAwsParts } from './signed-aws.ts'

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }
const nowMs = Date.UTC(2026, 0, 2)

/** Sends a request; what left for which origin. */
async function send(
  request: Partial<AwsRequest>,
  parts: Partial<SignedAwsParts> = {},
): Promise<UpstreamRequest & { readonly origin: string }> {
  const sent: (UpstreamRequest & { readonly origin: string })[] = []
  const answered = { status: 200, headers: [], body: [] }
  const upstream: Upstream = {
    to: (origin) => ({
      request: async (given) => {
        sent.push({ ...given, origin })
        return answered
      },
      stream: () => Promise.reject(new Error('not streamed')),
    }),
  }
  const aws = createSignedAws({ upstream, clock: new VirtualClock(nowMs), credentials, endpoints: new Map(), ...parts })
  await aws.call({
    service: 'sqs',
    region: 'eu-west-1',
    method: 'POST',
    target: '/q?x=1',
    headers: ['content-type', 'text/plain'],
    body: 'body',
    timeoutMs: 10,
    ...request,
  })
  const [first] = sent
  if (first === undefined) throw new Error('nothing was sent')
  return first
}

test.each([
  [{ service: 'sqs' }, 'https://sqs.eu-west-1.amazonaws.com'],
  [{ service: 'states', endpointPrefix: 'sync-states' }, 'https://sync-states.eu-west-1.amazonaws.com'],
  [{ service: 'kinesis', region: 'cn-north-1' }, 'https://kinesis.cn-north-1.amazonaws.com.cn'],
])('%j goes to %s', async (request, origin) => {
  expect((await send(request)).origin).toBe(origin)
})

test.each([
  ['sqs', 'SQS'],
  ['events', 'EVENTBRIDGE'],
  ['states', 'SFN'],
  ['appconfig', 'APPCONFIG'],
])('%s goes where AWS_ENDPOINT_URL_%s says, below its path', async (service, name) => {
  const endpoints = new Map([[name, 'http://127.0.0.1:9324/base/']])
  const sent = await send({ service }, { endpoints })
  expect([sent.origin, sent.target, sent.headers.slice(0, 2)]).toEqual([
    'http://127.0.0.1:9324',
    '/base/q?x=1',
    ['host', '127.0.0.1:9324'],
  ])
})

test('the signature covers what is sent, for service and region', async () => {
  const { method, target, headers } = await send({})
  const [path = '', query = ''] = target.split('?')
  const request = { method, path, query, rawHeaders: headers, body: Buffer.from('body') }
  const options = { now: nowMs, service: 'sqs', regions: ['eu-west-1'], secretFor: () => credentials }
  const { signedHeaders } = await verify(request, options)
  expect(signedHeaders).toEqual(['content-type', 'host', 'x-amz-date', 'x-amz-security-token'])
})

test('without credentials nothing is signed', async () => {
  const { headers } = await send({}, { credentials: undefined })
  expect(headers).toEqual(['host', 'sqs.eu-west-1.amazonaws.com', 'content-type', 'text/plain'])
})

describe('a call with a role', () => {
  const role = { arn: 'arn:aws:iam::000000000000:role/api', isOwn: true }
  const asked: Audience[] = []
  const roles: Roles = {
    assume: (_, audience) => {
      asked.push(audience)
      const held = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 'of the role' }
      return { credentials: held, expiresAtMs: nowMs, known: undefined }
    },
  }
  const headerOf = ({ headers }: UpstreamRequest, name: string): string => headers[headers.indexOf(name) + 1] ?? ''

  test('is signed by the role’s session, at AWS and at what stands in for it', async () => {
    const sent = await send({ role }, { roles })
    expect(headerOf(sent, 'authorization')).toContain('Credential=ASIA/')
    expect(headerOf(sent, 'x-amz-security-token')).toBe('of the role')
    await send({ role }, { roles, endpoints: new Map([['SQS', 'http://127.0.0.1:9324']]) })
    await send({ role }, { roles, endpoints: new Map([['SQS', 'https://vpce-1.sqs.eu-west-1.amazonaws.com']]) })
    expect(asked).toEqual(['aws', 'gateway', 'aws'])
  })

  test('goes with the credentials of the process where the role is let pass', async () => {
    const sent = await send({ role }, { roles: { assume: () => undefined } })
    expect(headerOf(sent, 'authorization')).toContain('Credential=AKID/')
  })
})
