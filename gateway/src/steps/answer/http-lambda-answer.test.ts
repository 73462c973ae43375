// What an HTTP API makes of every answer that a Lambda function may give. HTTP 5.6, 5.7.
import { describe, expect, test } from 'vitest'
import type { HttpFault } from '../../nouns/faults.ts'
import { httpLambdaAnswer } from './http-lambda-answer.ts'

const read = (value: unknown, format: '1.0' | '2.0' = '2.0'): unknown => {
  const { status, headers, body } = httpLambdaAnswer(Buffer.from(JSON.stringify(value)), format)
  return [status, headers, typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString('hex')]
}

const plain = ['Content-Type', 'text/plain;charset=UTF-8']

describe('format 2.0', () => {
  test.each([
    ['a text', 'hello', 'hello'],
    ['a number', 7, '7'],
    ['true', true, 'true'],
    ['null', null, 'null'],
    ['a list', [1, { a: 'b' }], '[1,{"a":"b"}]'],
    ['an object without a status', { pet: { id: 1 } }, '{"pet":{"id":1}}'],
  ])('infers an answer from %s', (_, value, body) => {
    expect(read(value)).toEqual([200, ['Content-Type', 'application/json'], body])
  })

  test('keeps the text of inferred JSON as it was returned', () => {
    const payload = Buffer.from('{ "a":1.0 }')
    expect(httpLambdaAnswer(payload, '2.0').body).toBe('{ "a":1.0 }')
  })

  test('takes status, headers, cookies and body', () => {
    const value = {
      statusCode: 201,
      headers: { 'content-type': 'text/x', 'X-N': 1, 'X-B': true, 'X-Null': null, 'Set-Cookie': 'zero=0' },
      cookies: ['one=1; Secure', 'two=2'],
      body: 'made',
      multiValueHeaders: { 'X-M': ['ignored'] },
      unknown: { ignored: true },
    }
    expect(read(value)).toEqual([
      201,
      [
        'content-type',
        'text/x',
        'X-N',
        '1',
        'X-B',
        'true',
        'X-Null',
        '',
        'Set-Cookie',
        'zero=0',
        'Set-Cookie',
        'one=1; Secure',
        'Set-Cookie',
        'two=2',
      ],
      'made',
    ])
  })

  test.each([
    ['no body', { statusCode: 204 }, [204, plain, '']],
    ['a null body', { statusCode: 200, body: null }, [200, plain, '']],
    ['a status in digits', { statusCode: '404', body: 'x' }, [404, plain, 'x']],
    ['base64', { statusCode: 200, body: '/wBB', isBase64Encoded: true }, [200, plain, 'ff0041']],
    ['base64 that says it is none', { statusCode: 200, body: '/wBB', isBase64Encoded: false }, [200, plain, '/wBB']],
    ['nulls', { statusCode: 200, headers: null, cookies: null }, [200, plain, '']],
  ])('takes %s', (_, value, expected) => {
    expect(read(value)).toEqual(expected)
  })

  test('leaves out headers of one hop, lengths and what is no header, and keeps lines whole', () => {
    const headers = {
      'Transfer-Encoding': 'chunked',
      connection: 'close',
      'Content-Length': '99',
      'bad name': 'x',
      '': 'x',
      'X-Line': 'a\r\nX-Evil: 1',
      'X-Text': '€',
    }
    expect(read({ statusCode: 200, headers, cookies: ['a=1\r\nX-Evil: 2'] })).toEqual([
      200,
      [
        'X-Line',
        'a  X-Evil: 1',
        'X-Text',
        Buffer.from('€').toString('latin1'),
        'Set-Cookie',
        'a=1  X-Evil: 2',
        ...plain,
      ],
      '',
    ])
  })
})

describe('format 1.0', () => {
  test('takes single and multiple headers, each pair once; cookies mean nothing', () => {
    const value = {
      statusCode: 200,
      headers: { 'X-A': '1', 'content-type': 'text/x' },
      multiValueHeaders: { 'x-a': ['1', '2'], 'Set-Cookie': ['a=1', 'b=2'] },
      cookies: ['c=3'],
      body: 'b',
    }
    expect(read(value, '1.0')).toEqual([
      200,
      ['X-A', '1', 'content-type', 'text/x', 'x-a', '2', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
      'b',
    ])
  })

  test.each([['hello'], [7], [null], [[1]], [{ body: 'b' }]])('wants a status: %j is refused', (value) => {
    expect(() => read(value, '1.0')).toThrow('Internal Server Error')
  })

  test('does not know base64Encoded', () => {
    expect(read({ statusCode: 200, body: '/wBB', base64Encoded: true }, '1.0')).toEqual([200, plain, '/wBB'])
  })
})

describe('what no client could be given is 500, and the log names the member', () => {
  const refused = (payload: Uint8Array, format: '1.0' | '2.0'): unknown => {
    try {
      return httpLambdaAnswer(payload, format)
    } catch (error) {
      const { status, message, log = '' } = error as HttpFault
      return [status, message, /"([A-Za-z]+)"$/.exec(log)?.[1]]
    }
  }

  test.each<['1.0' | '2.0', unknown, string]>([
    ['2.0', { statusCode: 'abc' }, 'statusCode'],
    ['2.0', { statusCode: 99 }, 'statusCode'],
    ['2.0', { statusCode: 101 }, 'statusCode'],
    ['2.0', { statusCode: 600 }, 'statusCode'],
    ['2.0', { statusCode: 200.5 }, 'statusCode'],
    ['2.0', { statusCode: null }, 'statusCode'],
    ['2.0', { statusCode: 200, body: {} }, 'body'],
    ['2.0', { statusCode: 200, body: 7 }, 'body'],
    ['2.0', { statusCode: 200, body: 'no base64!', isBase64Encoded: true }, 'body'],
    ['2.0', { statusCode: 200, headers: { a: ['1'] } }, 'headers'],
    ['2.0', { statusCode: 200, headers: { a: {} } }, 'headers'],
    ['2.0', { statusCode: 200, headers: 'a' }, 'headers'],
    ['2.0', { statusCode: 200, cookies: 'a=1' }, 'cookies'],
    ['2.0', { statusCode: 200, cookies: [1] }, 'cookies'],
    ['1.0', { statusCode: 200, multiValueHeaders: { a: '1' } }, 'multiValueHeaders'],
    ['1.0', { statusCode: 200, multiValueHeaders: { a: [{}] } }, 'multiValueHeaders'],
    ['1.0', { statusCode: 200, body: [] }, 'body'],
  ])('%s %j', (format, value, member) => {
    expect(refused(Buffer.from(JSON.stringify(value)), format)).toEqual([500, 'Internal Server Error', member])
  })

  test.each(['', '{', 'hello', '\u0000'])('a payload that is no JSON: %j', (text) => {
    expect(refused(Buffer.from(text), '2.0')).toEqual([500, 'Internal Server Error', 'body'])
  })
})
