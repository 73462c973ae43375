// Templates that would run or grow without end.
import { describe, expect, test } from 'vitest'
import { compileTemplate } from './compile.ts'
import { BudgetFault, TemplateFault } from './faults.ts'

const twentyTimes = '[1..20]'
const loops = (depth: number, body: string): string =>
  `${`#foreach($x in [1..1000])`.repeat(depth)}${body}${'#end'.repeat(depth)}`

const runaways: Record<string, string> = {
  'nested loops': loops(4, 'x'),
  'loops without output': loops(5, '#set($a = 1)'),
  'a doubling string': `#set($s = "xxxxxxxxxx")${loops(1, '#set($s = "$s$s")')}$s`,
  'a doubling sum': `#set($s = "xxxxxxxxxx")${loops(1, '#set($s = $s + $s)')}$s`,
  'doubling by concat': `#set($s = "xxxxxxxxxx")${loops(1, '#set($s = $s.concat($s))')}$s`,
  'doubling by replace': `#set($s = "xxxxxxxxxx")${loops(1, '#set($s = $s.replace("x", "xx"))')}$s`,
  'doubling by replaceAll': `#set($s = "xxxxxxxxxx")${loops(1, '#set($s = $s.replaceAll("x", "xx"))')}$s`,
  'doubling by format': `#set($s = "xxxxxxxxxx")${loops(1, '#set($s = $s.format("%s%s", $s, $s))')}$s`,
  'a long repeat': '#set($s = "x")$s.repeat(2000000000)',
  'a wide format': `#set($s = "x")${loops(2, '$s.format("%1000s", "x")')}`,
  'a doubling list': `#set($l = [1])${loops(1, '#set($q = $l.addAll($l))')}`,
  'a list of lists': `#set($l = [1, 2])${loops(1, '#set($l = [$l, $l])')}$l`,
  'printing a shared list': `#set($l = [1, 2])#foreach($x in ${twentyTimes})#set($l = [$l, $l])#end$l`,
  'comparing shared lists': `#set($l = [1, 2])#set($m = [1, 2])#foreach($x in [1..60])#set($l = [$l, $l])#set($m = [$m, $m])#end#if($l == $m)same#end`,
  'hashing a shared list': `#set($l = [1, 2])#foreach($x in [1..60])#set($l = [$l, $l])#end$l.hashCode()`,
  'a list in itself': '#set($l = [1])#set($m = [$l])#set($q = $l.add($m))$l',
  'a map in itself': '#set($m = {})#set($n = {"m": $m})#set($m.n = $n)$m.toString()',
  'a growing number': `#set($n = 9)${loops(1, '#set($n = $n * $n)')}$n`,
  'a huge range': '#foreach($x in [1..2000000000])x#end',
  'many ranges': loops(2, '#foreach($x in [1..99999])#end'),
  'searching a long string': `#set($s = "x")#foreach($x in ${twentyTimes})#set($s = "$s$s")#end${loops(2, '#set($q = $s.indexOf("y"))')}`,
  'upper-casing a long string': `#set($s = "x")#foreach($x in ${twentyTimes})#set($s = "$s$s")#end${loops(2, '#set($q = $s.toUpperCase())')}`,
  'searching a long list': `#set($l = [1..90000])${loops(2, '#set($q = $l.contains(0))')}`,
  'macros that branch': '#macro(m $n)#m("$n")#m("$n")#end#m(1)',
  'arguments by name that branch': `#macro(m $n)#if($n.length() < 500000)#m("$n$n")#end$n#end#m("x")`,
  'evaluate without end': `#set($e = '#evaluate($e)')#evaluate($e)`,
  'evaluate that grows': `#set($e = 'x#set($e = "$e$e")#evaluate($e)')#evaluate($e)`,
  'define within define': `#define($a)$b$b#end#define($b)$a$a#end${loops(2, '$a')}`,
  'a runaway pattern': `#set($s = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")$s.matches("(a+)+b")`,
  'a quadratic pattern': `#set($s = "a")#foreach($x in [1..16])#set($s = "$s$s")#end$s.replaceAll("a*b", "")`,
}

/** Of this thread's processor, which is what the budget counts: the machine may be busy with other tests. */
function spentMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

describe('ends in a fault within 100 ms', () => {
  test.each(Object.entries(runaways))('%s', (_name, text) => {
    const template = compileTemplate(text)
    const startMs = spentMs()
    expect(() => template.render({})).toThrow(Error)
    // Twice the promise, for code that nothing has warmed.
    expect(spentMs() - startMs).toBeLessThan(200)
    try {
      template.render({})
    } catch (fault) {
      expect(fault instanceof BudgetFault || fault instanceof TemplateFault, String(fault)).toBe(true)
    }
  })
})

function limitOf(text: string, budget = {}, options = {}): string {
  try {
    compileTemplate(text, options).render({}, budget)
  } catch (fault) {
    if (fault instanceof BudgetFault) return fault.limit
    throw fault
  }
  return 'none'
}

describe('names the limit that was reached', () => {
  test('steps', () => {
    expect(limitOf('#foreach($x in [1..100])$x#end', { steps: 1000 })).toBe('none')
    expect(limitOf('#foreach($x in [1..100])$x#end', { steps: 250 })).toBe('steps')
  })

  test('time', () => {
    expect(limitOf(loops(3, 'x'), { steps: 1e12, timeMs: 5 })).toBe('time')
  })

  test('output', () => {
    expect(limitOf('abcde', { outputChars: 5 })).toBe('none')
    expect(limitOf('abcdef', { outputChars: 5 })).toBe('output')
    expect(limitOf('#set($s = "abcdef")', { outputChars: 5 })).toBe('none')
    expect(limitOf('#set($s = "abc")#set($s = $s + $s)', { outputChars: 5 })).toBe('output')
  })

  test('iterations of one loop', () => {
    expect(limitOf('#foreach($x in [1..3])$x#end', {}, { maxIterations: 3 })).toBe('none')
    expect(limitOf('#foreach($x in [1..4])$x#end', {}, { maxIterations: 3 })).toBe('iterations')
  })
})

describe('refuses templates too large to compile', () => {
  test('by length', () => {
    expect(() => compileTemplate('x'.repeat(11), { maxChars: 10 })).toThrow('longer than 10 characters at line 1')
  })

  test.each([
    ['parentheses', `#set($x = ${'('.repeat(5000)}1${')'.repeat(5000)})`],
    ['lists', `#set($x = ${'['.repeat(5000)}${']'.repeat(5000)})`],
    ['conditions', '#if(true)'.repeat(5000) + '#end'.repeat(5000)],
    ['negations', `#if(${'!'.repeat(5000)}true)#end`],
    ['sums', `#set($x = 1${' + 1'.repeat(5000)})`],
    ['arguments', `${'$a.b('.repeat(5000)}1${')'.repeat(5000)}`],
  ])('by depth of %s', (_name, text) => {
    expect(() => compileTemplate(text)).toThrow('nests deeper than 200 levels')
  })

  test('but not by length of a chain', () => {
    expect(compileTemplate(`$a${'.b'.repeat(50_000)}`, { missing: 'empty' }).render({})).toBe('')
  })
})
