// Translates nodes to the source of a JavaScript RegExp, for the patterns and subjects on which both mean the same.
import { complement, intersection, range, rangesOf } from './code-points.ts'
import type { CodePointSet } from './code-points.ts'
import type { Assertion, Node } from './nodes.ts'
import { isNullable, some } from './nodes.ts'

/** A RegExp source (for no flags) that stands for a pattern. */
export interface Translation {
  readonly source: string
  /** Finds the characters that the translation would treat differently: subjects with any of them are not for it. */
  readonly foreign: RegExp
  /** Whether matches begin and end, and groups are captured, where Java has them; if not, the answer is yes or no only. */
  readonly exact: boolean
}

/** Longer sources, made of classes with very many ranges, would take V8 long to compile. */
const maxSourceCharacters = 200_000

/**
 * The translation of a pattern, undefined if it has none: look-arounds, back-references, atomic groups and possessive
 * quantifiers do not run on V8's linear engine, on which safety rests.
 */
export function translate(root: Node): Translation | undefined {
  const source = sourceOf(root)
  if (source === undefined || source.length > maxSourceCharacters) return undefined
  const assertions = new Set<Assertion>()
  some(root, (node) => node.kind === 'assertion' && assertions.add(node.assertion) === undefined)
  return { source, foreign: foreignTo(assertions), exact: !some(root, isLoopWithMemory) }
}

// Without the flag u, characters beyond U+FFFF are two; Java's word boundaries know all letters, its `$` all line terminators.
function foreignTo(assertions: ReadonlySet<Assertion>): RegExp {
  const names = [...assertions].join(' ')
  if (/word/i.test(names)) return /line/i.test(names) ? /[\n\r\u0080-\uffff]/ : /[\u0080-\uffff]/
  return /line/i.test(names) ? /[\ud800-\udfff\n\r\u0085\u2028\u2029]/ : /[\ud800-\udfff]/
}

// JavaScript forgets the groups of earlier rounds and does not accept empty rounds; Java does the opposite in both.
function isLoopWithMemory(node: Node): boolean {
  if (node.kind !== 'repeat') return false
  if (node.max > node.min && isNullable(node.body)) return true
  return node.max > 1 && some(node.body, (part) => part.kind === 'capture')
}

function sourceOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'empty':
      return ''
    case 'set':
      return classSource(node.set)
    case 'sequence':
      return joined(node.parts, '')
    case 'choice':
      return wrapped('(?:', joined(node.parts, '|'))
    case 'capture':
      return wrapped('(', sourceOf(node.body))
    case 'repeat':
      return node.greed === 'possessive' ? undefined : repeatSource(node)
    case 'assertion':
      return assertionSources[node.assertion]
    default:
      return undefined
  }
}

const assertionSources: { readonly [assertion in Assertion]: string | undefined } = {
  start: '^',
  end: '$',
  lastLine: '$',
  unixLastLine: '$',
  lineEnd: '$',
  unixLineEnd: '$',
  // Java's multi-line ^ never holds at the end of the subject, which JavaScript can say with a look-ahead only.
  lineStart: undefined,
  unixLineStart: undefined,
  word: String.raw`\b`,
  notWord: String.raw`\B`,
}

function joined(parts: readonly Node[], separator: string): string | undefined {
  const sources = parts.map(sourceOf)
  return sources.includes(undefined) ? undefined : sources.join(separator)
}

function wrapped(open: string, source: string | undefined): string | undefined {
  return source === undefined ? undefined : `${open}${source})`
}

/** The largest count that is unrolled in one piece by the linear engine. */
const maxCount = 16
const maxPieces = 32

/** Counts beyond 16 become several: `a{20,}` is `a{16}a{4,}`, `a{0,20}` is `a{0,16}a{0,4}`. */
function repeatSource({ body, min, max, greed }: Extract<Node, { kind: 'repeat' }>): string | undefined {
  const source = wrapped('(?:', sourceOf(body))
  if (source === undefined) return undefined
  const lazy = greed === 'lazy' ? '?' : ''
  if (max === Infinity && min <= 1) return `${source}${min === 0 ? '*' : '+'}${lazy}`
  if (min === 0 && max === 1) return `${source}?${lazy}`
  if (some(body, ({ kind }) => kind === 'capture')) return countedOnce(source, [min, max], lazy)
  const pieces: string[] = []
  for (let count = min; count > 0; count -= maxCount) pieces.push(`${source}{${Math.min(count, maxCount)}}`)
  if (max === Infinity) pieces.push(`${source}*${lazy}`)
  else
    for (let count = max - min; count > 0; count -= maxCount)
      pieces.push(`${source}{0,${Math.min(count, maxCount)}}${lazy}`)
  return pieces.length > maxPieces ? undefined : pieces.join('')
}

// Groups would be numbered anew in every piece.
function countedOnce(source: string, [min, max]: readonly [number, number], lazy: string): string {
  return `${source}{${min},${max === Infinity ? '' : max}}${lazy}`
}

const basicPlane = range(0, 0xffff)

const classSources = new WeakMap<CodePointSet, string>()

/** Sets of many ranges come from the names in `\p{ }`, each of which is one object wherever it stands. */
function classSource(set: CodePointSet): string {
  const known = classSources.get(set)
  if (known !== undefined) return known
  const source = classSourceOf(set)
  classSources.set(set, source)
  return source
}

function classSourceOf(set: CodePointSet): string {
  const basic = intersection(set, basicPlane)
  if (basic.length === 2 && basic[0] === basic[1]) return unitSource(basic[0] ?? 0)
  const inverse = intersection(complement(set), basicPlane)
  const negated = inverse.length < basic.length
  const ranges = rangesOf(negated ? inverse : basic).map(
    ([first, last]) => unitSource(first) + (last > first ? `-${unitSource(last)}` : ''),
  )
  return `[${negated ? '^' : ''}${ranges.join('')}]`
}

function unitSource(unit: number): string {
  const character = String.fromCharCode(unit)
  return /[A-Za-z0-9 _]/.test(character) ? character : `\\u${unit.toString(16).padStart(4, '0')}`
}
