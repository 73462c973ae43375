// Path precedence of REST and HTTP APIs, with AWS's own worked example. HTTP 4.3, REST 1.3.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PathParameters } from '../../nouns/exchange.ts'
import { PathTrie, type TrieOptions } from './trie.ts'

const restOptions: TrieOptions = {
  precedence: 'branch',
  decodeValues: false,
  anyVerbs: new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']),
}
const httpOptions: TrieOptions = { precedence: 'complete', decodeValues: true }

interface Found {
  readonly target: string | undefined
  readonly pathParameters: PathParameters
}

/** A trie of routes such as `GET /pets`, each of which leads to its own text. */
function trie(
  options: TrieOptions,
  ...routes: string[]
): { readonly match: (path: string, verb: string) => Found | undefined } {
  const built = new PathTrie(options)
  for (const [index, route] of routes.entries()) {
    const space = route.indexOf(' ')
    built.add(route.slice(space + 1), route.slice(0, space), index)
  }
  return {
    match: (path, verb) => {
      const found = built.match(path, verb)
      return found && { target: routes[found.target], pathParameters: found.pathParameters }
    },
  }
}

describe('REST precedence', () => {
  const rest = (...routes: string[]) => trie(restOptions, ...routes)

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
  const http = (...routes: string[]) => trie(httpOptions, ...routes)

  test('chooses as the worked example of the developer guide does', () => {
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

test('each of ten thousand routes is found, and no path beside them', () => {
  const built = new PathTrie(restOptions)
  for (let index = 0; index < 10_000; index++) built.add(`/group${index % 50}/item${index}/{id}`, 'GET', index)
  for (let index = 0; index < 10_000; index++) {
    const found = built.match(`/group${index % 50}/item${index}/7`, 'GET')
    expect(found?.target === index && found.pathParameters?.['id'] === '7').toBe(true)
    expect(built.match(`/group${(index + 1) % 50}/item${index}/7`, 'GET')).toBeUndefined()
  }
})

const segmentsOf = (path: string): string[] => (path === '/' ? [] : path.slice(1).split('/'))

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** How a template's segments take a path's: a letter for each, in the order of precedence; undefined where they do not. */
function shapeOf(template: readonly string[], path: readonly string[]): string | undefined {
  let shape = ''
  for (const [index, segment] of template.entries()) {
    const sent = path[index]
    if (sent === undefined) return undefined
    if (segment.endsWith('+}')) return path.slice(index).join('/') === '' ? undefined : `${shape}c`
    if (segment.startsWith('{') ? sent === '' : segment !== decoded(sent)) return undefined
    shape += segment.startsWith('{') ? 'b' : 'a'
  }
  return template.length === path.length ? shape : undefined
}

/** What a search through the whole list finds, every route ranked by its text. */
function naiveMatch(options: TrieOptions, routes: readonly string[], path: string, asked: string): Found | undefined {
  const { precedence, decodeValues, anyVerbs } = options
  const sent = segmentsOf(path)
  const ranked = routes.flatMap((target) => {
    const [verb = '', template = ''] = target.split(/ (.*)/)
    const shape = shapeOf(segmentsOf(template), sent)
    const isAny = verb === 'ANY'
    if (shape === undefined || (isAny ? anyVerbs?.has(asked) === false : verb !== asked)) return []
    const isLast = !shape.endsWith('c') || precedence === 'branch'
    return [{ target, template, rank: `${isLast ? '' : `z${99 - shape.length}`}${shape}${isAny ? 'b' : 'a'}` }]
  })
  // Of equal routes the last one counts.
  const best = ranked
    .toReversed()
    .toSorted((one, other) => (one.rank < other.rank ? -1 : Number(one.rank > other.rank)))[0]
  if (best === undefined) return undefined
  const values = segmentsOf(best.template).flatMap((segment, index): [string, string][] => {
    if (!segment.startsWith('{')) return []
    const taken = segment.endsWith('+}') ? sent.slice(index) : sent.slice(index, index + 1)
    return [[segment.replaceAll(/[{}+]/g, ''), (decodeValues ? taken.map(decoded) : taken).join('/')]]
  })
  return { target: best.target, pathParameters: values.length === 0 ? undefined : Object.fromEntries(values) }
}

describe('any routes', () => {
  const literal = fc.constantFrom('a', 'b', 'A', 'a%2Fb', 'a b', 'ä€', '', 'longer-segment')
  const variable = fc.constantFrom('{x}', '{y}', '{__proto__}')
  const template = fc
    .tuple(fc.array(fc.oneof(literal, literal, variable), { maxLength: 4 }), fc.constantFrom('', '', '{p+}', '{q+}'))
    .map(([segments, greedy]) => `/${[...segments, ...(greedy === '' ? [] : [greedy])].join('/')}`)
  const verb = fc.constantFrom('GET', 'POST', 'ANY')
  const route = fc.tuple(verb, template).map((parts) => parts.join(' '))
  const sent = fc.oneof(
    literal.map(encodeURIComponent),
    fc.constantFrom('a', 'b', '%61', '%2f', '%', '%zz', 'a+b', '{x}', 'longer-segment'),
  )
  const path = fc.array(sent, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`)

  test.each([
    ['REST', restOptions],
    ['HTTP', httpOptions],
  ])('lead where a search through the whole list leads: %s', (_, options) => {
    fc.assert(
      fc.property(
        fc.array(route, { maxLength: 24 }),
        fc.array(path, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('GET', 'POST', 'TRACE'),
        (routes, paths, asked) => {
          const built = trie(options, ...routes)
          for (const each of paths)
            expect(JSON.stringify(built.match(each, asked))).toBe(
              JSON.stringify(naiveMatch(options, routes, each, asked)),
            )
        },
      ),
      { numRuns: 400 },
    )
  })
})
