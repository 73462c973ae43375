// Compiles patterns of policies, texts with wildcards and policy variables, to functions.
// Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
import type { Context } from './request.ts'
import { matchesWildcard, type Wildcard, WildcardBuilder } from './wildcard.ts'

/** Tells whether a subject matches; undefined when a variable of the pattern has no value. */
export type Pattern = (subject: string, context: Context) => boolean | undefined

/** Which characters of a pattern are special. */
export interface PatternSyntax {
  /** Whether `${…}` names a variable: in policies of version 2012-10-17. */
  readonly hasVariables: boolean
  /** Whether `*` and `?` are wildcards. */
  readonly hasWildcards: boolean
  /** Whether the case of ASCII letters does not matter. */
  readonly ignoresCase?: boolean
}

/** Compiles a pattern. */
export function compilePattern(text: string, syntax: PatternSyntax): Pattern {
  const parts = splitPattern(text, syntax)
  const fold = syntax.ignoresCase === true ? foldCase : asIs
  if (parts.some((part) => part.kind === 'variable')) {
    const prefix = parts[0]?.kind === 'literal' ? fold(parts[0].text) : ''
    return (subject, context) => {
      const folded = fold(subject)
      // Most subjects are excluded by the text before the first variable, without building the whole pattern.
      if (!folded.startsWith(prefix)) return hasValues(parts, context) ? false : undefined
      const wildcard = resolve(parts, fold, context)
      return wildcard && matchesWildcard(wildcard, folded)
    }
  }
  const matches = compileWildcard(resolve(parts, fold, () => undefined) ?? [])
  return syntax.ignoresCase === true ? (subject) => matches(foldCase(subject)) : matches
}

/** Whether one of the patterns matches; undefined when none does, but one has a variable without a value. */
export function matchesAny(patterns: readonly Pattern[], subject: string, context: Context): boolean | undefined {
  let outcome: boolean | undefined = false
  for (const pattern of patterns) {
    const isMatch = pattern(subject, context)
    if (isMatch === true) return true
    if (isMatch === undefined) outcome = undefined
  }
  return outcome
}

/** Makes the commonest wildcards (`*`, no star, one at the end) as cheap as they can be. */
function compileWildcard(wildcard: Wildcard): (subject: string) => boolean {
  const [first, second] = wildcard
  if (wildcard.some(({ open }) => open !== undefined) || first === undefined || wildcard.length > 2) {
    return (subject) => matchesWildcard(wildcard, subject)
  }
  if (second === undefined) return (subject) => subject === first.text
  if (second.text !== '') return (subject) => matchesWildcard(wildcard, subject)
  return first.text === '' ? () => true : (subject) => subject.startsWith(first.text)
}

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'star' }
  | { readonly kind: 'one' }
  | { readonly kind: 'variable'; readonly lowerKey: string; readonly fallback: string | undefined }

// `${key}`, `${key, 'default'}` and the three escapes `${*}`, `${?}`, `${$}`. Blanks around the key are cut off afterwards: the
// expression must take time linear in the text.
const variable = /\$\{(?:([*?$])|([^{}',]+)(?:,\s*'([^']*)'\s*)?)\}/y

function splitPattern(text: string, { hasVariables, hasWildcards }: PatternSyntax): readonly Part[] {
  const parts: Part[] = []
  let offset = 0
  while (offset < text.length) {
    const end = nextSpecial(text, offset)
    if (end > offset) parts.push({ kind: 'literal', text: text.slice(offset, end) })
    if (end === text.length) break
    variable.lastIndex = end
    const found = hasVariables ? variable.exec(text) : null
    if (found !== null) parts.push(variablePart(found))
    else parts.push(characterPart(text.charAt(end), hasWildcards))
    offset = end + (found?.[0].length ?? 1)
  }
  return parts
}

/** The keys of a text's variables, as they are written. */
export function variablesOf(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(variable, 'g'))].flatMap(([, , key]) => (key === undefined ? [] : [key.trim()]))
}

function nextSpecial(text: string, offset: number): number {
  const special = /[*?$]/g
  special.lastIndex = offset
  return special.exec(text)?.index ?? text.length
}

function variablePart([, escaped, key = '', fallback]: RegExpExecArray): Part {
  if (escaped !== undefined) return { kind: 'literal', text: escaped }
  return { kind: 'variable', lowerKey: key.trim().toLowerCase(), fallback }
}

function characterPart(character: string, hasWildcards: boolean): Part {
  if (hasWildcards && character === '*') return { kind: 'star' }
  if (hasWildcards && character === '?') return { kind: 'one' }
  return { kind: 'literal', text: character }
}

/** Puts values in place of variables. Stars in a value are plain text: a tag named `*` must not open a policy. */
function resolve(parts: readonly Part[], fold: (text: string) => string, context: Context): Wildcard | undefined {
  const builder = new WildcardBuilder()
  for (const part of parts) {
    if (part.kind === 'literal') builder.literal(fold(part.text))
    else if (part.kind === 'star') builder.star()
    else if (part.kind === 'one') builder.one()
    else {
      const value = singleValue(context(part.lowerKey)) ?? part.fallback
      if (value === undefined) return undefined
      builder.literal(fold(value))
    }
  }
  return builder.build()
}

function hasValues(parts: readonly Part[], context: Context): boolean {
  for (const part of parts) {
    if (part.kind === 'variable' && part.fallback === undefined && singleValue(context(part.lowerKey)) === undefined) {
      return false
    }
  }
  return true
}

// A key with several values has no one text to put into a pattern.
function singleValue(value: ReturnType<Context>): string | undefined {
  if (typeof value === 'string') return value
  return value?.length === 1 ? value[0] : undefined
}

/** Lower-cases ASCII letters, and them only. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function asIs(text: string): string {
  return text
}
