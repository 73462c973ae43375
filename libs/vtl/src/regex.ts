// The interface for the regular expressions of Java methods such as `replaceAll`, and a simple engine that accepts only harmless patterns.
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

/** How many backtracking steps one use of a pattern may take at worst. */
const maxWork = 20_000_000
const cacheEntries = 64

/** A `RegexEngine` that remembers the patterns it compiled last. */
export function cachedRegexEngine(engine: RegexEngine): RegexEngine {
  const cache = new Map<string, Regex>()
  return (pattern) => {
    let regex = cache.get(pattern)
    if (regex === undefined) {
      regex = engine(pattern)
      if (cache.size >= cacheEntries) cache.clear()
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
  // The pattern without text that only looks like syntax: escaped characters, and the inside of character classes.
  const bare = pattern.replaceAll(/\\[^1-9k]/g, '').replaceAll(/\[[^\]]*\]/g, '')
  if (/\)[*+{?]|\\[1-9k]/.test(bare)) {
    throw new MethodFault(`The pattern ${pattern} needs a regular expression engine with bounds`)
  }
  const search = compile(pattern, 'g')
  const first = compile(pattern, '')
  const whole = compile(`^(?:${pattern})$`, '')
  const repetitions = bare.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0
  const branches = bare.replaceAll('(?', '').match(/[?|]/g)?.length ?? 0
  const bound = (text: string): void => {
    if (text.length ** (repetitions + 1) * 2 ** branches > maxWork) {
      throw new BudgetFault('regex', `${maxWork} steps of the pattern ${pattern}`)
    }
  }
  return {
    test(text) {
      bound(text)
      return whole.test(text)
    },
    replace(text, replacement, all) {
      bound(text)
      return text.replace(all ? search : first, expander(replacement))
    },
    split(text, limit) {
      bound(text)
      return splitAt(text, text.matchAll(search), limit)
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

/**
 * The function that makes the replacement for a match. In Java's replacement text `$n` is a group, and a backslash makes
 * the next character plain.
 */
function expander(replacement: string): (...match: string[]) => string {
  if (!/[\\$]/.test(replacement)) return () => replacement
  return (...match) => {
    // After the groups come the offset and the whole text.
    const groups = match.slice(
      0,
      match.findIndex((part) => typeof part === 'number'),
    )
    return replacement.replaceAll(/\\(.?)|\$(\d)?/gs, (_all, plain?: string, group?: string) => {
      if (plain === '') throw new MethodFault('IllegalArgumentException: character to be escaped is missing')
      return plain ?? groupOf(groups, group)
    })
  }
}

function groupOf(groups: readonly string[], group: string | undefined): string {
  if (group === undefined) throw new MethodFault('IllegalArgumentException: Illegal group reference')
  if (Number(group) >= groups.length) throw new MethodFault(`IndexOutOfBoundsException: No group ${group}`)
  return groups[Number(group)] ?? ''
}

function splitAt(text: string, matches: Iterable<RegExpExecArray>, limit: number): string[] {
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
