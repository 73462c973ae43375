// Every operation of every service against nonsense: an AWS error of the 4xx family, or 501 where an operation is not served yet;
// never a 5xx of our own, never a success, never the end of the process.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send, type Call, type Reply } from '../fixture/call.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

interface Model {
  readonly metadata: {
    readonly endpointPrefix: string
    readonly signingName?: string
    readonly protocol: string
    readonly apiVersion: string
    readonly jsonVersion?: string
    readonly targetPrefix?: string
  }
  readonly operations: Readonly<
    Record<
      string,
      { readonly http: { readonly method: string; readonly requestUri: string }; readonly input?: { shape: string } }
    >
  >
  readonly shapes: Readonly<Record<string, { readonly required?: readonly string[] }>>
}

const folder = join(import.meta.dirname, '..', '..', 'models')
const models = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Model] => [
    name.replace(/-\d.*$/, ''),
    JSON.parse(readFileSync(join(folder, name), 'utf8')) as Model,
  ])

let sluice: RunningSluice

beforeAll(async () => {
  sluice = await startSluice(['dev', '--log-level', 'error'])
})

afterAll(async () => {
  expect(await sluice.stop()).toEqual({ code: 0, signal: null })
  expect(sluice.stderr(), 'an error of our own was logged').toBe('')
})

/** How an operation is called over its protocol: `body` is what the caller has to say, whatever it is. */
function callOf(
  { metadata }: Model,
  name: string,
  http: { method: string; requestUri: string },
  body: string,
): { path: string; call: Call } {
  const service = metadata.signingName ?? metadata.endpointPrefix
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`
  if (metadata.protocol === 'query') {
    const form = `Action=${name}&Version=${metadata.apiVersion}&${body}`
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    return { path: '/', call: { method: 'POST', headers, body: form } }
  }
  if (metadata.protocol === 'json') {
    const headers = {
      authorization,
      'content-type': `application/x-amz-json-${metadata.jsonVersion ?? '1.1'}`,
      'x-amz-target': `${metadata.targetPrefix}.${name}`,
    }
    return { path: '/', call: { method: 'POST', headers, body } }
  }
  const path = http.requestUri.replace(/\{[^}]+\}/g, 'nonsense')
  const hasBody = http.method !== 'GET' && http.method !== 'HEAD' && http.method !== 'DELETE'
  const headers = { authorization, 'content-type': 'application/json' }
  return { path, call: { method: http.method, headers, ...(hasBody ? { body } : {}) } }
}

async function sweep(model: Model, body: (name: string) => string | undefined): Promise<(readonly [string, Reply])[]> {
  const replies: (readonly [string, Reply])[] = []
  for (const [name, { http }] of Object.entries(model.operations)) {
    const text = body(name)
    if (text === undefined) continue
    const { path, call } = callOf(model, name, http, text)
    replies.push([name, await send(new URL(path, sluice.url), '127.0.0.1', call)])
  }
  return replies
}

const isRefusal = ({ status }: Reply): boolean => (status >= 400 && status < 500) || status === 501
const told = (replies: (readonly [string, Reply])[]): string[] =>
  replies.map(([name, { status, text }]) => `${name}: ${status} ${text.slice(0, 200)}`)

test.for(models)('%s: a body that does not parse is refused', async ([, model]) => {
  if (model.metadata.protocol === 'query') return
  const hasInput = (name: string): boolean => model.operations[name]?.input !== undefined
  const replies = await sweep(model, (name) => (hasInput(name) ? '{"broken": ' : undefined))
  const sent = replies.filter(([name]) => /^(?:Create|Put|Update|Import|Add|Publish)/.test(name))
  // Payloads that are the caller's own bytes are not ours to parse.
  const refused = sent.filter(([name]) => !/^(?:Import|PutRestApi|ReimportApi)/.test(name))
  expect(told(refused.filter(([, reply]) => !isRefusal(reply)))).toEqual([])
  expect(told(replies.filter(([, { status }]) => status >= 500 && status !== 501))).toEqual([])
})

test.for(models)('%s: a call without what is required is refused', async ([, model]) => {
  const needs = (name: string): boolean =>
    (model.shapes[model.operations[name]?.input?.shape ?? '']?.required ?? []).length > 0
  const replies = await sweep(model, (name) =>
    needs(name) ? (model.metadata.protocol === 'query' ? '' : '{}') : undefined,
  )
  // What is there by name only answers for nothing: deleting or tagging it may succeed on AWS, too.
  expect(told(replies.filter(([, { status }]) => status >= 500 && status !== 501))).toEqual([])
  const reading = replies.filter(
    ([name]) => /^(?:Get|Update|Put|Create)/.test(name) && !/^GetTags|^GetSampled/.test(name),
  )
  expect(told(reading.filter(([, reply]) => !isRefusal(reply)))).toEqual([])
})

const wrongTypes = [
  '[]',
  'null',
  '"text"',
  '7',
  '{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}',
  `{"name": {"deep": ${'['.repeat(2000)}${']'.repeat(2000)}}}`,
]

test.for(models)('%s: wrong types, hostile names and depth end in no failure of ours', async ([, model]) => {
  for (const body of wrongTypes) {
    const replies = await sweep(model, () => body)
    expect(told(replies.filter(([, { status }]) => status >= 500 && status !== 501))).toEqual([])
  }
})

test('values of a wrong type are refused, member by member', async () => {
  const { metadata } = models.find(([name]) => name === 'apigateway')?.[1] ?? { metadata: undefined }
  expect(metadata?.protocol).toBe('rest-json')
  const wrong: readonly (readonly [string, string, string])[] = [
    ['POST', '/restapis', '{"name": 5}'],
    ['POST', '/restapis', '{"name": "x", "binaryMediaTypes": "no list"}'],
    ['POST', '/restapis', '{"name": "x", "tags": [1]}'],
    ['POST', '/v2/apis', '{"name": "x", "protocolType": 1}'],
    ['POST', '/v2/apis', '{"name": "x", "protocolType": "GOPHER"}'],
    ['POST', '/2015-03-31/functions', '{"FunctionName": "f", "Timeout": "long"}'],
    ['POST', '/2015-03-31/functions', '{"FunctionName": "not a name!", "Role": "r", "Code": {}}'],
  ]
  for (const [method, path, body] of wrong) {
    const reply = await send(new URL(path, sluice.url), '127.0.0.1', {
      method,
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(reply.status, `${path} ${body} → ${reply.text}`).toBe(400)
    expect(reply.headers.get('x-amzn-errortype')).toMatch(/Exception$/)
    expect(reply.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
  }
})
