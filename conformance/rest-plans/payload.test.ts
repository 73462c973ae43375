// contentHandling, every cell of both tables. Recorded: REST 34; REST 3.7, 4.4.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'
import { stageOf } from './stage.ts'

let backend: Backend
beforeAll(async () => {
  backend = await startBackend()
})
afterAll(() => backend.close())

type Handling = 'CONVERT_TO_TEXT' | 'CONVERT_TO_BINARY' | undefined

const raw = Buffer.from([0xff, 0x00, 0x41])
const replaced = Buffer.from([0xef, 0xbf, 0xbd, 0x00, 0x41])
const encoded = Buffer.from(raw.toString('base64'))
const utf8 = Buffer.from('é')

function stage(parts: {
  request?: Handling
  response?: Handling
  requestTemplate?: string
  responseTemplate?: string
}) {
  return stageOf({
    binaryMediaTypes: ['image/png', 'application/*', '*/jpeg'],
    method: {
      methodResponses: { '200': {} },
      methodIntegration: {
        type: 'HTTP',
        httpMethod: 'POST',
        uri: backend.url,
        ...(parts.request && { contentHandling: parts.request }),
        requestTemplates: parts.requestTemplate === undefined ? {} : { $default: parts.requestTemplate },
        integrationResponses: {
          '200': {
            statusCode: '200',
            ...(parts.response && { contentHandling: parts.response }),
            responseTemplates: parts.responseTemplate === undefined ? {} : { 'text/plain': parts.responseTemplate },
          },
        },
      },
    },
  })
}

describe('request', () => {
  test.each([
    ['text/plain', undefined, raw, replaced],
    ['text/plain', undefined, utf8, utf8],
    ['text/plain', 'CONVERT_TO_TEXT', raw, replaced],
    ['text/plain', 'CONVERT_TO_BINARY', encoded, raw],
    ['text/plain', 'CONVERT_TO_BINARY', raw, undefined],
    ['image/png', undefined, raw, raw],
    ['image/png', 'CONVERT_TO_BINARY', raw, raw],
    ['image/png', 'CONVERT_TO_TEXT', raw, encoded],
    ['image/png', 'CONVERT_TO_TEXT', encoded, Buffer.from(encoded.toString('base64'))],
    ['IMAGE/PNG; q=1', undefined, raw, raw],
    ['application/foo', undefined, raw, raw],
    ['image/jpeg', undefined, raw, replaced],
    ['image/webp,image/png', undefined, raw, replaced],
  ] as const)('%s with %s', async (contentType, handling, sent, expected) => {
    backend.answer({})
    const reply = await stage({ request: handling })({
      method: 'POST',
      headers: ['Content-Type', contentType],
      body: sent,
    })
    expect(reply.status).toBe(expected === undefined ? 500 : 200)
    if (expected === undefined) expect(reply.header('x-amzn-errortype')).toBe('InternalServerErrorException')
    else expect(backend.seen().body).toEqual(expected)
  })

  test('a template reads text, base64 with CONVERT_TO_TEXT, and no bytes', async () => {
    backend.answer({})
    const call = { method: 'POST', headers: ['Content-Type', 'image/png'], body: raw }
    const requestTemplate = '<$input.body>'
    expect((await stage({ requestTemplate })(call)).status).toBe(500)
    expect((await stage({ requestTemplate, request: 'CONVERT_TO_TEXT' })(call)).status).toBe(200)
    expect(backend.seen().body.toString()).toBe(`<${encoded.toString()}>`)
  })
})

describe('response', () => {
  test.for([
    ['text/plain', 'text/plain', undefined, raw, replaced],
    ['text/plain', undefined, undefined, raw, replaced],
    ['text/plain', 'image/png', undefined, encoded, raw],
    ['text/plain', 'image/png', undefined, Buffer.from('this is a UTF8 text typed object'), undefined],
    ['image/png', 'image/png', undefined, raw, raw],
    ['image/png', 'text/plain', undefined, raw, encoded],
    ['image/png', undefined, undefined, raw, encoded],
    ['text/plain', 'text/plain', 'CONVERT_TO_TEXT', raw, replaced],
    ['text/plain', 'image/png', 'CONVERT_TO_TEXT', raw, replaced],
    ['image/png', 'text/plain', 'CONVERT_TO_TEXT', raw, encoded],
    ['image/png', 'image/png', 'CONVERT_TO_TEXT', raw, encoded],
    ['text/plain', 'text/plain', 'CONVERT_TO_BINARY', encoded, raw],
    ['text/plain', 'image/png', 'CONVERT_TO_BINARY', encoded, raw],
    ['image/png', 'text/plain', 'CONVERT_TO_BINARY', raw, raw],
    ['image/png', 'image/png', 'CONVERT_TO_BINARY', raw, raw],
    ['image/png', 'image/png,text/plain', undefined, raw, raw],
    ['image/png', 'text/plain,image/png', undefined, raw, encoded],
    ['image/png', 'image/*', undefined, raw, encoded],
  ] as const)('%s to %s with %s', async ([contentType, accept, handling, body, expected]) => {
    backend.answer({ headers: ['Content-Type', contentType], body })
    const headers = ['Content-Type', 'text/plain', ...(accept === undefined ? [] : ['Accept', accept])]
    const reply = await stage({ response: handling })({ headers })
    expect(reply.status).toBe(expected === undefined ? 500 : 200)
    if (expected !== undefined) expect(reply.bytes).toEqual(expected)
  })

  test('a template reads text, base64 with CONVERT_TO_TEXT, and no bytes', async () => {
    backend.answer({ headers: ['Content-Type', 'image/png'], body: raw })
    const call = { headers: ['Accept', 'image/png', 'Content-Type', 'text/plain'] }
    const responseTemplate = '<$input.body>'
    expect((await stage({ responseTemplate })(call)).status).toBe(500)
    const reply = await stage({ responseTemplate, response: 'CONVERT_TO_TEXT' })(call)
    expect([reply.status, reply.text]).toEqual([200, `<${encoded.toString()}>`])
  })
})
