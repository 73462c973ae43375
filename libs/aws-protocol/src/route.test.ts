// Paths to operations: literals, labels, greedy labels, literal queries, and what clients do to paths.
import { describe, expect, test } from 'vitest'
import { loadNamed, modelNames, request } from './fixture.ts'
import { decode } from './decode.ts'
import { parseParameters, Router } from './route.ts'

const v1 = loadNamed('apigateway')
const v2 = loadNamed('apigatewayv2')

function operationAt(line: string): string | undefined {
  return (line.includes(' /v2') ? v2 : v1).match(request(line))?.operation.name
}

describe('matching', () => {
  test.each([
    ['GET /restapis', 'GetRestApis'],
    ['POST /restapis', 'CreateRestApi'],
    ['POST /restapis?mode=import', 'ImportRestApi'],
    ['POST /restapis?failonwarnings=true&mode=import', 'ImportRestApi'],
    ['POST /restapis?mode=other', 'CreateRestApi'],
    ['PUT /restapis/abc?mode=merge', 'PutRestApi'],
    ['GET /restapis/abc/', 'GetRestApi'],
    ['GET /restapis/abc/resources/def/methods/GET/responses/200', 'GetMethodResponse'],
    ['DELETE /v2/apis/abc/stages/%24default/routesettings/GET%20%2Fpets', 'DeleteRouteSettings'],
    ['GET /v2%2Fapis', undefined],
    ['GET /restapis//resources', undefined],
    ['PATCH /restapis', undefined],
    ['GET /nothing/at/all', undefined],
    ['GET /', undefined],
    ['GET /restapis/%zz', 'GetRestApi'],
  ])('%s is %s', (line, name) => {
    expect(operationAt(line)).toBe(name)
  })

  test.each(modelNames)('%s: every REST operation is found at its own template', (name) => {
    const service = loadNamed(name)
    if (!service.protocols.includes('rest-json')) return
    for (const operation of service.operations.values()) {
      const path = operation.path.replaceAll(/\{[^}]+\}/g, 'x')
      const query = operation.literalQuery.map((pair) => pair.join('=')).join('&')
      expect(service.match(request(`${operation.method} ${path}?${query}`))?.operation.name).toBe(operation.name)
    }
  })

  test('a literal wins over a label, and a label is tried when the literal leads nowhere', () => {
    const router = new Router([
      { method: 'GET', requestUri: '/a/{id}', target: 'label' },
      { method: 'GET', requestUri: '/a/b', target: 'literal' },
      { method: 'GET', requestUri: '/a/b/d', target: 'deep' },
      { method: 'GET', requestUri: '/a/{id}/c', target: 'deep label' },
      { method: 'GET', requestUri: '/a/{rest+}', target: 'greedy' },
    ])
    const at = (path: string): string | undefined => router.match('GET', path, () => [])?.target
    expect(at('/a/b')).toBe('literal')
    expect(at('/a/x')).toBe('label')
    expect(at('/a/b/c')).toBe('deep label')
    expect(at('/a/b/e')).toBe('greedy')
    expect(at('/a')).toBeUndefined()
  })

  test('a template it cannot serve is refused when it is added', () => {
    const add = (requestUri: string) => () => new Router([{ method: 'GET', requestUri, target: 0 }])
    expect(add('/a/{b}.json')).toThrow('unsupported label in "/a/{b}.json"')
    expect(add('/a/{b+}/c')).toThrow('a greedy label must be last: "/a/{b+}/c"')
  })
})

describe('labels', () => {
  function labelsAt(line: string): Record<string, unknown> {
    const wire = request(line)
    const match = (line.includes(' /v2') ? v2 : v1).match(wire)
    if (match === undefined) throw new Error(`no match: ${line}`)
    return decode(match, wire)
  }

  test('are percent-decoded exactly once, a plus stays a plus', () => {
    expect(labelsAt('DELETE /v2/apis/a%2Bb+c/stages/%24default/routesettings/GET%20%2Fpets%2525')).toEqual({
      ApiId: 'a+b+c',
      StageName: '$default',
      RouteKey: 'GET /pets%25',
    })
  })

  test.each([
    '/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fabc%2Fstages%2Fprod',
    '/tags/arn:aws:apigateway:us-east-1::/restapis/abc/stages/prod',
    '/tags/arn:aws:apigateway:us-east-1::%2Frestapis/abc/stages/prod/',
  ])('an ARN is one label, encoded or not: %s', (path) => {
    const resourceArn = 'arn:aws:apigateway:us-east-1::/restapis/abc/stages/prod'
    expect(labelsAt(`GET ${path}`)).toEqual({ resourceArn })
    expect(labelsAt(`GET /v2${path}`)).toEqual({ ResourceArn: resourceArn })
  })

  test('a malformed percent-encoding is a serialization fault', () => {
    expect(() => labelsAt('GET /restapis/%zz')).toThrow('The request path has a malformed percent-encoding: %zz')
  })
})

test('parameters are decoded as forms are, kept in order and repeated, and counted', () => {
  expect(parseParameters('a=1&a=2&b&c=x+y%2Bz&&=d&__proto__=e', 10)).toEqual([
    ['a', '1'],
    ['a', '2'],
    ['b', ''],
    ['c', 'x y+z'],
    ['', 'd'],
    ['__proto__', 'e'],
  ])
  expect(() => parseParameters('a&b&c', 2)).toThrow('more than 2 parameters')
})
