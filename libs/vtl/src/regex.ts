// Regular expressions of Java methods such as `replaceAll`: the interface, and an engine that only dares the harmless.
import { BudgetFault, MethodFault } from './faults.ts'

/** A compiled regular expression. */
export interface Regex {
  /** Whether the whole text matches: `String.matches`. */
  test(text: string): boolean
  /** Replaces the first match, or all; `$1` and `\` in the replacement are Java's. */
  replace(text: string, replacement: string, all: boolean): string
  /** `String.split`: at most `limit` parts if positive; trailing empty parts dropped if zero. */
  split(text: string, limit: number): string[]
}

/** Compiles a pattern in Java's syntax. Throws `MethodFault` for one it cannot compile. */
export type RegexEngine = (pattern: string) => Regex

/** Backtracking steps one use of a pattern may take at worst. */
const MAX_WORK = 20_000_000
const CACHE_ENTRIES = 64

/** A `RegexEngine` that remembers the patterns it compiled last. */
export function cachedRegexEngine(engine: RegexEngine): RegexEngine {
  const cache = new Map<string, Regex>()
  return (pattern) => {
    let regex = cache.get(pattern)
    if (regex === undefined) {
      regex = engine(pattern)
      if (cache.size >= CACHE_ENTRIES) cache.clear()
      cache.set(pattern, regex)
    }
    return regex
  }
}

/**
 * The engine used when the caller gives none: JavaScript's own, without repeated groups and back references, on texts
 * short enough that backtracking stays bounded.
 */
export function plainRegexEngine(pattern: string): Regex {
  if (/\)[*+{?]|\\[1-9k]/.test(pattern.replaceAll(/\\[^1-9k]/g, ''))) {
    throw new MethodFault(`The pattern ${pattern} needs a regular expression engine with bounds`)
  }
  const search = compile(pattern, 'g')
  const whole = compile(`^(?:${pattern})$`, '')
  const repetitions = pattern.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0
  const bound = (text: string): void => {
    if (text.length ** (repetitions + 1) > MAX_WORK) throw new BudgetFault('regex', `the pattern ${pattern}`)
  }
  return {
    test(text) {
      bound(text)
      return whole.test(text)
    },
    replace(text, replacement, all) {
      bound(text)
      return replaceMatches(
        text,
        all ? [...text.matchAll(search)] : [...text.matchAll(search)].slice(0, 1),
        replacement,
      )
    },
    split(text, limit) {
      bound(text)
      return splitAt(text, [...text.matchAll(search)], limit)
    },
  }
}

function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags)
  } catch (error) {
    throw new MethodFault(`PatternSyntaxException: ${pattern}`, { cause: error })
  }
}

function replaceMatches(text: string, matches: readonly RegExpExecArray[], replacement: string): string {
  let result = ''
  let from = 0
  for (const match of matches) {
    result += text.slice(from, match.index) + expand(replacement, match)
    from = match.index + match[0].length
  }
  return result + text.slice(from)
}

/** Java's replacement text: `$n` is a group, a backslash makes the next character plain. */
function expand(replacement: string, match: RegExpExecArray): string {
  return replacement.replaceAll(/\\(.?)|\$(\d)?/gs, (_all, plain: string | undefined, group: string | undefined) => {
    if (plain !== undefined && plain !== '') return plain
    if (plain === '') throw new MethodFault('IllegalArgumentException: character to be escaped is missing')
    if (group === undefined) throw new MethodFault('IllegalArgumentException: Illegal group reference')
    if (Number(group) >= match.length) throw new MethodFault(`IndexOutOfBoundsException: No group ${group}`)
    return match[Number(group)] ?? ''
  })
}

function splitAt(text: string, matches: readonly RegExpExecArray[], limit: number): string[] {
  const parts: string[] = []
  let from = 0
  for (const match of matches) {
    if (limit > 0 && parts.length === limit - 1) break
    const end = match.index + match[0].length
    // A match of nothing at the start makes no empty first part, nor one at the very end an empty last one.
    if (end === 0 || (match[0] === '' && match.index === text.length)) continue
    parts.push(text.slice(from, match.index))
    from = end
  }
  if (parts.length === 0) return [text]
  parts.push(text.slice(from))
  if (limit === 0) while (parts.at(-1) === '') parts.pop()
  return parts
}
