// What the answers of Jayway do not show: faults and their places, budgets, strange documents, options.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePath, PathFault } from './index.ts'

function faultOf(run: () => unknown): PathFault {
  try {
    run()
  } catch (fault) {
    if (fault instanceof PathFault) return fault
    throw fault
  }
  throw new Error('nothing was thrown')
}

describe('definite', () => {
  test.each([
    ['$', true],
    ['$.a.b[0]', true],
    ["$['a','b']", true],
    ["$['a','b'].c", false],
    ['$.a[0,1]', false],
    ['$.a[0:1]', false],
    ['$.*', false],
    ['$..a', false],
    ['$.a[?(@.b)]', false],
    ['$.a.length()', true],
    ['$.a[*].length()', false],
    ['$..a.sum()', true],
  ])('of %s is %s', (path, definite) => {
    expect(compilePath(path).definite).toBe(definite)
  })
})

describe('reading', () => {
  test('tells null from nothing', () => {
    expect(compilePath('$.a').read({ a: null })).toBeNull()
    expect(compilePath('$.b').read({ a: null })).toBeUndefined()
  })

  test('shares values with the document', () => {
    const document = { a: { b: [1] } }
    expect(compilePath('$.a.b').read(document)).toBe(document.a.b)
  })

  test('leaves the document alone when it appends', () => {
    const document = { a: [1] }
    expect(compilePath('$.a.append(2)').read(document)).toEqual([1, 2])
    expect(document).toEqual({ a: [1] })
  })

  test('sees own properties only', () => {
    const document = JSON.parse('{"__proto__": {"x": 1}, "list": []}') as unknown
    expect(compilePath('$.__proto__.x').read(document)).toBe(1)
    for (const path of [
      '$.constructor',
      '$.toString',
      "$.list['length']",
      '$.list.at',
      '$.list.__proto__',
      '$..constructor[0]',
    ]) {
      expect(compilePath(path).read(document) ?? []).toEqual([])
    }
  })

  test('makes own properties only, whatever their names', () => {
    const document = JSON.parse('{"__proto__": 1, "a": 2}') as unknown
    const both = compilePath("$['__proto__','a']").read(document) as object
    expect(Object.keys(both)).toEqual(['__proto__', 'a'])
    expect(compilePath('$.append({"__proto__":1})').read(both)).toBe(both)
  })

  test.each([[undefined], [null], [1], ['text'], [true], [[]]])('finds no member in %j', (document) => {
    expect(compilePath('$.a.b').read(document)).toBeUndefined()
    expect(compilePath('$[0].b').read(document)).toBeUndefined()
    expect(compilePath('$..a').read(document)).toEqual([])
  })
})

describe('scans', () => {
  // Jayway 2.9 forgets or repeats elements where a scan meets a list before another step; these are the plain answers.
  test.each([
    ['$..[*].p', [1, 2, 3]],
    ['$..[0,1].p', [1, 2]],
    ['$..[0][0]', [10]],
  ])('%s visits each list once', (path, found) => {
    const document = { b: [{ p: 1 }, { p: 2 }], m: [[10], [20]], o: { x: { p: 3 } } }
    const read = compilePath(path).read(document) as number[]
    expect(read.toSorted((one, other) => one - other)).toEqual(found)
  })
})

describe('parameters and filters that Jayway misreads', () => {
  test.each([
    ['$.names.concat("a,b", ")")', 'xya,b)'],
    ['$.sum($.sum(1,2), 3)', 6],
    ['$.names[?(@ in [["x"],"y"])]', ['y']],
    ['$[?(@.names.concat("!") == \'xy!\')].one', [1]],
    ['$[?(@.none empty true)].one', [1]],
    ['$[?(@.keys() contains "one")].one', [1]],
  ])('%s', (path, answer) => {
    expect(compilePath(path).read({ names: ['x', 'y'], none: {}, one: 1 })).toEqual(answer)
  })
})

describe('faults', () => {
  test.each([
    ['$.a[', 4, 'expected a name in quotes, an index, a slice, * or ?( ), but the path ends at 4'],
    ['$.a.nope()', 4, "there is no function 'nope' at 4"],
    ['$.a[?(@.b == x)]', 13, "expected a value, but found 'x' at 13"],
    ['$.a[?(@.b like 1)]', 10, "there is no operator 'like', but found 'l' at 10"],
    ['', 0, 'expected a path, but the path ends at 0'],
    ['$.a[?(@.b == /x/)]', 13, 'a regular expression stands beside =~ only'],
    ['$.a[?(@.b =~ /x/)]', 13, '=~ needs the option compileRegex'],
  ])('of %s', (path, position, message) => {
    expect(faultOf(() => compilePath(path))).toMatchObject({ name: 'PathFault', position, message })
  })

  test('of a regular expression carries its cause', () => {
    const cause = new SyntaxError('no')
    const compileRegex = (): never => {
      throw cause
    }
    const fault = faultOf(() => compilePath('$[?(@ =~ /x/)]', { compileRegex }))
    expect(fault).toMatchObject({ message: 'the regular expression at 9 is refused: no', position: 9, cause })
  })

  test('of a path that is too long, too stepped or too nested', () => {
    expect(faultOf(() => compilePath(`$.${'a'.repeat(4095)}`)).message).toBe('a path has 4096 characters at most')
    expect(faultOf(() => compilePath(`$${'.a'.repeat(200)}`)).message).toBe('a path has 128 steps at most')
    expect(faultOf(() => compilePath(`$[?(${'('.repeat(40)}@.a${')'.repeat(40)})]`)).message).toMatch(
      /^nested more than 32/,
    )
    expect(faultOf(() => compilePath(`$${'[?(@'.repeat(40)}`)).message).toMatch(/^nested more than 32/)
  })
})

test('gives regular expressions their flags in Java syntax', () => {
  const patterns: string[] = []
  const compileRegex = (pattern: string): { matches: (subject: string) => boolean } => {
    patterns.push(pattern)
    return { matches: (subject) => subject === 'yes' }
  }
  const path = compilePath('$[?(@ =~ /a\\/b/i || @ =~ /c/)]', { compileRegex })
  expect(patterns).toEqual(['(?i)a\\/b', 'c'])
  expect(path.read(['yes', 'no', 1, null, { yes: 1 }])).toEqual(['yes'])
})

describe('budget', () => {
  const wide = { list: Array.from({ length: 5000 }, (_, at) => ({ a: at, b: { c: ['x'.repeat(100), at] } })) }
  const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown

  test.each([
    '$..*..*..*',
    '$.list[?(@ in $.list)]',
    '$.list[?(@.a in $..a)]',
    '$..[?(@..zzz)]',
    '$.list[*][?($.list == $.list[*])]',
  ])('stops %s', (path) => {
    expect(faultOf(() => compilePath(path, { maxSteps: 100_000 }).read(wide))).toMatchObject({ position: -1 })
  })

  test('holds for deep documents too', () => {
    expect(faultOf(() => compilePath('$..[?(@ == $)]').read(deep)).position).toBe(-1)
    expect(faultOf(() => compilePath('$.concat($)').read(deep)).position).toBe(-1)
    expect(compilePath('$..[0]').read(deep)).toHaveLength(49_999)
  })

  test('counts the time of regular expressions, which a short text may take long', () => {
    const matches = (): boolean => {
      const startedMs = performance.now()
      while (performance.now() - startedMs < 1) continue
      return false
    }
    const path = compilePath('$.list[?(@.a =~ /x/)]', { compileRegex: () => ({ matches }) })
    const startedMs = performance.now()
    expect(faultOf(() => path.read(wide)).position).toBe(-1)
    expect(performance.now() - startedMs).toBeLessThan(2_500)
  })

  test('is enough for an ordinary scan of a large document', () => {
    expect(compilePath('$..a').read(wide)).toHaveLength(5000)
  })

  test('starts anew with each read', () => {
    const path = compilePath('$.*', { maxSteps: 3 })
    expect(path.read([1, 2, 3])).toEqual([1, 2, 3])
    expect(path.read([1, 2, 3])).toEqual([1, 2, 3])
    expect(faultOf(() => path.read([1, 2, 3, 4])).position).toBe(-1)
  })
})

describe('properties', () => {
  const pieces = String.raw`$ @ . .. * [ ] ( ) ?( [?( ' " a b 0 -1 : , \ ! == != < =~ /x/ && || in size length() concat( { } null 1e3 __proto__
    $.a @.b ['a'] [0] [1:] ..* .sum() .append(1) [?(@.a)] [?(@==1)]`
  const piece = fc.constantFrom(' ', ...pieces.split(/\s+/))
  const text = fc.oneof(
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  )
  const compileRegex = (): { matches: () => boolean } => ({ matches: () => true })

  test('any text compiles or is refused, and any read ends in a value or the own fault', () => {
    fc.assert(
      fc.property(text, fc.jsonValue(), (path, document) => {
        try {
          compilePath(path, { compileRegex, maxSteps: 10_000 }).read(document)
        } catch (fault) {
          expect(fault).toBeInstanceOf(PathFault)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('a path of quoted names leads where the names lead', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), fc.jsonValue(), (names, value) => {
        const document = names.reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), value)
        const path = names.map((name) => `['${name.replaceAll(/['\\]/g, String.raw`\$&`)}']`).join('')
        expect(compilePath(`$${path}`).read(document)).toEqual(value)
      }),
    )
  })

  test('a scan finds every member of a name', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        const named: unknown[] = []
        JSON.parse(JSON.stringify(document), (name, value: unknown) => (name === 'a' ? named.push(value) : 0, value))
        expect(compilePath('$..a').read(document)).toHaveLength(named.length)
      }),
    )
  })
})
