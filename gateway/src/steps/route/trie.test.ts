// Path precedence of REST and HTTP APIs, with the worked sets of the specification.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PathTrie, type TrieOptions } from './trie.ts'

const restOptions: TrieOptions = {
  precedence: 'branch',
  decodeValues: false,
  anyVerbs: new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']),
}
const httpOptions: TrieOptions = { precedence: 'complete', decodeValues: true }

function trie(options: TrieOptions, ...routes: string[]): PathTrie<string> {
  const built = new PathTrie<string>(options)
  for (const route of routes) {
    const space = route.indexOf(' ')
    built.add(route.slice(space + 1), route.slice(0, space), route)
  }
  return built
}

describe('REST precedence', () => {
  const rest = (...routes: string[]): PathTrie<string> => trie(restOptions, ...routes)

  test('prefers literal over variable over greedy on each level, and goes back when a branch leads nowhere', () => {
    const routes = rest('GET /pets', 'GET /pets/{id}', 'GET /pets/dog/owner', 'GET /{proxy+}')
    expect(routes.match('/pets', 'GET')?.target).toBe('GET /pets')
    expect(routes.match('/pets/dog', 'GET')).toEqual({ target: 'GET /pets/{id}', pathParameters: { id: 'dog' } })
    expect(routes.match('/pets/dog/owner', 'GET')?.target).toBe('GET /pets/dog/owner')
    expect(routes.match('/pets/dog/name', 'GET')).toEqual({
      target: 'GET /{proxy+}',
      pathParameters: { proxy: 'pets/dog/name' },
    })
  })

  test('considers only resources that have the verb or ANY', () => {
    expect(rest('POST /test', 'OPTIONS /{proxy+}').match('/test', 'OPTIONS')?.target).toBe('OPTIONS /{proxy+}')
    expect(rest('ANY /test', 'GET /{proxy+}').match('/test', 'GET')?.target).toBe('ANY /test')
    expect(rest('GET /test', 'ANY /test').match('/test', 'GET')?.target).toBe('GET /test')
    expect(rest('GET /test', 'ANY /test').match('/test', 'PUT')?.target).toBe('ANY /test')
  })

  test('lets ANY stand for the seven verbs only', () => {
    expect(rest('ANY /{proxy+}').match('/x', 'TRACE')).toBeUndefined()
    expect(rest('ANY /{proxy+}').match('/x', 'HEAD')?.target).toBe('ANY /{proxy+}')
  })

  test('never gives a greedy variable the empty remainder', () => {
    const routes = rest('GET /parent/{proxy+}', 'ANY /')
    expect(routes.match('/parent', 'GET')).toBeUndefined()
    expect(routes.match('/parent/', 'GET')).toBeUndefined()
    expect(routes.match('/', 'GET')?.target).toBe('ANY /')
  })

  test('matches decoded segments and hands variables on as sent', () => {
    const routes = rest('GET /a b/{id}', 'GET /{proxy+}')
    expect(routes.match('/a%20b/x%2Fy', 'GET')).toEqual({ target: 'GET /a b/{id}', pathParameters: { id: 'x%2Fy' } })
    expect(routes.match('/a//b', 'GET')).toEqual({ target: 'GET /{proxy+}', pathParameters: { proxy: 'a//b' } })
    expect(routes.match('/%zz', 'GET')).toEqual({ target: 'GET /{proxy+}', pathParameters: { proxy: '%zz' } })
  })

  test('keeps a variable named __proto__ as data', () => {
    const parameters = rest('GET /{__proto__}').match('/x', 'GET')?.pathParameters
    expect(JSON.stringify(parameters)).toBe('{"__proto__":"x"}')
  })
})

describe('HTTP precedence', () => {
  const http = (...routes: string[]): PathTrie<string> => trie(httpOptions, ...routes)

  test('solves the worked set of the specification', () => {
    const routes = http('GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}')
    expect(routes.match('/pets/dog/1', 'GET')?.target).toBe('GET /pets/dog/1')
    expect(routes.match('/pets/dog/2', 'GET')?.target).toBe('GET /pets/dog/{id}')
    expect(routes.match('/pets/cat/1', 'GET')?.target).toBe('GET /pets/{proxy+}')
    expect(routes.match('/test/5', 'POST')?.target).toBe('ANY /{proxy+}')
    expect(routes.match('/pets/dog/1', 'POST')?.target).toBe('ANY /{proxy+}')
    expect(routes.match('/', 'GET')).toBeUndefined()
  })

  test('puts every complete match before every greedy one', () => {
    expect(http('GET /a/{proxy+}', 'GET /{x}/b').match('/a/b', 'GET')?.target).toBe('GET /{x}/b')
    expect(trie(restOptions, 'GET /a/{proxy+}', 'GET /{x}/b').match('/a/b', 'GET')?.target).toBe('GET /a/{proxy+}')
  })

  test('prefers the longer prefix among greedy routes, then literals from the left', () => {
    expect(http('GET /a/{p+}', 'GET /{x}/b/{q+}').match('/a/b/c', 'GET')).toEqual({
      target: 'GET /{x}/b/{q+}',
      pathParameters: { x: 'a', q: 'c' },
    })
    expect(http('GET /{x}/{q+}', 'GET /a/{p+}').match('/a/b/c', 'GET')?.target).toBe('GET /a/{p+}')
  })

  test('takes a trailing slash as significant and decodes variables once', () => {
    const routes = http('GET /pets', 'GET /pets/{id}')
    expect(routes.match('/pets/', 'GET')).toBeUndefined()
    expect(routes.match('/pets/a%2Fb%2520', 'GET')?.pathParameters).toEqual({ id: 'a/b%20' })
  })

  test('lets routes of one path name their variables differently', () => {
    const routes = http('GET /a/{x}', 'POST /a/{y}')
    expect(routes.match('/a/1', 'GET')?.pathParameters).toEqual({ x: '1' })
    expect(routes.match('/a/1', 'POST')?.pathParameters).toEqual({ y: '1' })
  })
})

test('finds every added literal route, whatever else there is', () => {
  const segment = fc.stringMatching(/^[a-z]{1,3}$/)
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`)
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 30 }), (paths) => {
      for (const options of [restOptions, httpOptions]) {
        const built = trie(options, ...paths.map((literal) => `GET ${literal}`), 'GET /{a}', 'GET /{a}/{b+}')
        for (const literal of paths) expect(built.match(literal, 'GET')?.target).toBe(`GET ${literal}`)
      }
    }),
  )
})
