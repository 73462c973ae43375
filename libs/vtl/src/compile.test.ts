// What the golden cases cannot show: options, faults with their places, host objects, values out of JSON.
import { describe, expect, test } from 'vitest'
import { compileTemplate, type TemplateOptions, type Variables } from './compile.ts'
import { MethodFault, TemplateFault } from './faults.ts'
import { HostObject, type HostType } from './host.ts'
import { parseJson } from './json.ts'
import { listOf } from './values.ts'

const gateway: TemplateOptions = { missing: 'empty' }

function render(template: string, variables: Variables = {}, options: TemplateOptions = gateway): string {
  return compileTemplate(template, options).render(variables)
}

function faultOf(template: string, variables: Variables = {}): TemplateFault {
  try {
    render(template, variables)
  } catch (fault) {
    if (fault instanceof TemplateFault) return fault
    throw fault
  }
  throw new Error('no fault')
}

describe('a missing value, as API Gateway has it', () => {
  test('prints nothing', () => {
    expect(render('[$r][$r.nested][${r}][$r.a()][$!r]')).toBe('[][][][][]')
  })

  test('equals null and the empty string', () => {
    expect(render('#if($r == $null)a#end#if($r == "")b#end#if($r != "")c#end#if($r)d#end')).toBe('ab')
  })

  test('is not an empty list', () => {
    expect(render('$r #if($r == "")a#end#if($r == $null)b#end', { r: [] })).toBe('[] ')
  })

  test('adds nothing to a text', () => {
    expect(render('#set($a = "x" + $r + "y")$a')).toBe('xy')
  })
})

describe('values out of JSON print as API Gateway prints them', () => {
  test.each([
    ['{"foo":"bar"}', '{foo=bar}'],
    ['[{"foo":"bar"}]', '[{"foo":"bar"}]'],
    ['{"foo":[{"nested":"bar"}]}', '{foo=[{"nested":"bar"}]}'],
    ['{"bigger":"dict","to":"test","with":"separators"}', '{bigger=dict, to=test, with=separators}'],
    ['{"a":{"b":null},"c":true}', '{a={b=null}, c=true}'],
    ['[1,1.99,1.0,1e3,12345678901234567890,null,"a\\"b"]', '[1,1.99,1.0,1000.0,12345678901234567890,null,"a\\"b"]'],
    ['{"n":1.0,"m":2.50,"big":9007199254740993}', '{n=1.0, m=2.5, big=9007199254740993}'],
    ['"text"', 'text'],
    ['{}', '{}'],
  ])('%s', (json, printed) => {
    expect(render('$r', { r: parseJson(json) })).toBe(printed)
    expect(render('$r.toString()', { r: parseJson(json) })).toBe(printed)
  })

  test('a list inside a list stays JSON when it is taken out', () => {
    expect(render('$r[0]', { r: parseJson('[[{"foo":"bar"}]]') })).toBe('[{"foo":"bar"}]')
  })

  test('a list the template made prints as Java does, with JSON inside', () => {
    expect(render('#set($l = [1, $r, {"k": $r}])$l', { r: [{ a: 'b' }] })).toBe('[1, [{"a":"b"}], {k=[{"a":"b"}]}]')
  })

  test('a text that is not JSON is a fault', () => {
    expect(() => parseJson('{')).toThrow(MethodFault)
  })
})

describe('objects out of JSON', () => {
  const names = parseJson('{"__proto__":{"x":1},"constructor":2,"toString":3,"size":4}')

  test('have no members but their own', () => {
    expect(
      render('$o["__proto__"].x $o.constructor $o.toString $o.size $o.size() [$o.hasOwnProperty][$o.valueOf]', {
        o: names,
      }),
    ).toBe('1 2 3 4 4 [][]')
    expect(render('[$o.constructor][$o["__proto__"]][$o.get("toString")]', { o: {} })).toBe('[][][]')
  })

  test('are changed in place', () => {
    const body = { list: [1], map: {} }
    render('#set($b.x = 5)#set($b["__proto__"] = 6)#set($q = $b.list.add(2))$!b.map.put("k", "v")', { b: body })
    expect(JSON.stringify(body)).toBe('{"list":[1,2],"map":{"k":"v"},"x":5,"__proto__":6}')
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
  })
})

describe('reflection', () => {
  test.each([
    '$s.class',
    '$s.getClass()',
    '$s.class.forName("java.lang.Runtime")',
    '$l.getClass().getName()',
    '$i.class.name',
  ])('%s has no value', (reference) => {
    expect(render(`[${reference}]`, { s: 'text', l: listOf([]), i: 1 })).toBe('[]')
  })
})

interface Counter {
  count: number
}

const counterType: HostType<Counter> = {
  properties: new Map([['count', (self: Counter) => self.count]]),
  methods: new Map([
    [
      'add',
      (self: Counter, [amount]) => {
        if (typeof amount !== 'number') throw new MethodFault('add takes a number')
        self.count += amount
        return self.count
      },
    ],
  ]),
  get: (_self, name) => (name === 'any' ? 'thing' : null),
  set: (self, name, value) => {
    if (name === 'count' && typeof value === 'number') self.count = value
  },
  text: (self) => `counter ${self.count}`,
  values: (self) => [self.count, self.count + 1],
}

describe('host objects', () => {
  const at = (count: number): Variables => ({ c: new HostObject(counterType, { count }) })

  test('are read, called, set, printed and walked over', () => {
    const template =
      '$c $c.count $c["count"] $c.get("any") $c.any [$c.nope][$c.nope()] $c.add(2)#set($c.count = 9) $c.count'
    expect(render(template, at(1))).toBe('counter 1 1 1 thing thing [][] 3 9')
    expect(render('#set($c["count"] = 7)#foreach($x in $c)$x,#end#if($c)yes#end', at(1))).toBe('7,8,yes')
  })

  test('without a text print nothing and are still there', () => {
    expect(render('[$c]#if($c)yes#end', { c: new HostObject({}, null) }, {})).toBe('[]yes')
  })

  test('with a null text print like an undefined reference', () => {
    expect(render('[$c]#if($c)yes#end', { c: new HostObject({ text: () => null }, null) }, {})).toBe('[$c]')
  })

  test('throw faults with the place of the call', () => {
    const fault = faultOf('a\n  $c.add("x")', at(1))
    expect([fault.message, fault.line, fault.column]).toEqual(['add takes a number at line 2, column 5', 2, 5])
  })
})

describe('faults name their place', () => {
  test.each([
    ['a\n#if($x)', '#if is not closed: found the end of the template', 2, 8],
    ['#end', '"#end" belongs to no open directive', 1, 1],
    ['a\n  #set($x = )', 'Expected a value but found ")"', 2, 13],
    ['#set($x "a")', String.raw`Expected "=" but found "\"a\")"`, 1, 9],
    ['a #include("f")', '#include is not allowed', 1, 3],
    ['a #parse("f")', '#parse is not allowed', 1, 3],
    ['#set($x = "abc)', 'The string is not closed', 1, 11],
    ['ab\n#set($x = "\n#if(1)")', '#if is not closed: found the end of the template', 2, 11],
    ['\n\n$s.substring(9)', 'StringIndexOutOfBoundsException: begin 9, end 4, length 4', 3, 3],
    ["a\n #evaluate('\n\n$s.charAt(9)')", 'StringIndexOutOfBoundsException: index 9, length 4', 2, 2],
    ['a\n #evaluate("#end")', '"#end " belongs to no open directive', 2, 12],
  ])('%s', (template, message, line, column) => {
    const fault = faultOf(template, { s: 'text' })
    expect(fault.message).toBe(`${message} at line ${line}, column ${column}`)
    expect([fault.line, fault.column]).toEqual([line, column])
  })
})

describe('options', () => {
  test('a directive may be refused', () => {
    expect(() => compileTemplate('#evaluate("x")', { refusedDirectives: new Set(['evaluate']) })).toThrow(
      '#evaluate is not allowed',
    )
  })

  test('another engine may do the regular expressions', () => {
    const regex = (pattern: string) => ({
      test: () => pattern === 'p',
      replace: (text: string, replacement: string, all: boolean) => `${text}|${replacement}|${all}`,
      split: (text: string, limit: number) => [text, String(limit)],
    })
    expect(
      render(
        '$s.matches("p") $s.replaceAll("p", "r") $s.replaceFirst("p", "r") $s.split("p")[1]',
        { s: 's' },
        { regex },
      ),
    ).toBe('true s|r|true s|r|false 0')
  })
})

test('variables may be given in a Map', () => {
  expect(
    render(
      '$a$b',
      new Map<string, string | number>([
        ['a', 'x'],
        ['b', 1],
      ]),
    ),
  ).toBe('x1')
})

test('a template renders again and again without memory of the last time', () => {
  const template = compileTemplate('#set($n = $n + 1)$n#evaluate("#set($e = 5)")$!e#macro(m)m#end#m()', gateway)
  expect([template.render({ n: 1 }), template.render({ n: 1 }), template.render({})]).toEqual(['25m', '25m', '5m'])
})
