// No text, however odd, throws anything but the two faults, or takes longer than its budget.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileTemplate } from './compile.ts'
import { BudgetFault, TemplateFault } from './faults.ts'
import { listOf, type Value } from './values.ts'

/** Pieces of templates, divided by blanks, and those with white space of their own. */
const templatePieces = [
  String.raw`$ $! ${'$'}{ } # \ " ' ( ) [ ] { .. , : . - ==`,
  '#if( #elseif( #else #end #set( #macro(m #m( #@m( #define($d) #stop #break #evaluate( #[[ ]]# ## #* *# #literal()',
  '$foreach.index $bodyContent $s $l $m $n $d $x $m.k $l[0] .size() .add($l) .put("k",$m) .length() .get(0) .clear()',
  '.substring(1) .replaceAll("a*",$s) .split("") .class .__proto__ .constructor .hashCode() .entrySet() .iterator()',
  '1 0 -1 9223372036854775807 1.5 true null + * / && = [1..9] {}',
]
  .flatMap((line) => line.split(' '))
  .concat([' ', '\n', '\t', ' + ', ' * ', ' / ', ' && ', ' == ', ' = ', '#foreach($x in ', '#macro(m $a)'])

function variables(): Record<string, Value> {
  return { s: 'text', l: listOf([1, 'two', null]), m: { k: [1, { deep: true }], __proto__: 'x' }, n: 7 }
}

const text = fc.oneof(
  fc.array(fc.constantFrom(...templatePieces), { maxLength: 40 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)

test('any text renders or ends in a fault', () => {
  fc.assert(
    fc.property(text, fc.boolean(), (template, isEmpty) => {
      const startMs = performance.now()
      try {
        const output = compileTemplate(template, { missing: isEmpty ? 'empty' : 'source' }).render(variables(), {
          steps: 20_000,
          outputChars: 100_000,
        })
        expect(output.length).toBeLessThanOrEqual(100_000)
      } catch (fault) {
        if (!(fault instanceof BudgetFault || fault instanceof TemplateFault)) throw fault
      }
      expect(performance.now() - startMs).toBeLessThan(500)
    }),
    { numRuns: 10_000 },
  )
})

test('plain text renders as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
      const inert = plain.replaceAll(/[$#\\]/g, '')
      expect(compileTemplate(inert).render({})).toBe(inert)
    }),
  )
})
