// Java regular expressions, exact and safe, on V8.
import { prepare } from './match.ts'
import type { Runner } from './match.ts'
import { parsePattern } from './parse.ts'
import { parseReplacement } from './replacement.ts'
import type { Groups, Replacement } from './replacement.ts'

export { RegexFault } from './fault.ts'

/** A compiled pattern. All methods throw RegexFault when a subject makes more work than the options allow. */
export interface JavaRegex {
  readonly pattern: string
  readonly groupCount: number
  /** Whether the pattern matches all of the subject: String.matches. */
  matches(subject: string): boolean
  /** Whether the pattern matches some part of the subject: Matcher.find. */
  find(subject: string): boolean
  /** String.replaceAll. @throws RegexFault for a replacement that Java refuses, if there is a match */
  replaceAll(subject: string, replacement: string): string
  /** String.replaceFirst. @throws RegexFault as replaceAll */
  replaceFirst(subject: string, replacement: string): string
  /** String.split: at most `limit` pieces if that is positive, without empty ones at the end if it is 0 (the default). */
  split(subject: string, limit?: number): string[]
}

export interface RegexOptions {
  /**
   * How much work a subject may make: its characters times the pattern's instructions on V8, steps on the own machine;
   * 32,000,000 unless told, which is some 0.3 s at the very worst.
   */
  readonly maxSteps?: number
  /** How many milliseconds all the matches of one replaceAll or split may take together; 250 unless told. */
  readonly maxMs?: number
}

/**
 * Compiles a Java pattern (java.util.regex of Java 17).
 * The first call turns on V8's linear-time fallback for the whole process, see the README.
 * @throws RegexFault with the description and index of Java's PatternSyntaxException
 */
export function compileRegex(pattern: string, options: RegexOptions = {}): JavaRegex {
  const parsed = parsePattern(pattern)
  const runner = prepare(parsed, { maxSteps: options.maxSteps ?? 32_000_000, maxMs: options.maxMs ?? 250 })
  return {
    pattern,
    groupCount: parsed.groupCount,
    matches: (subject) => runner.matches(subject),
    find: (subject) => runner.find(subject),
    replaceAll: (subject, replacement) => replace(runner, parsed, subject, [replacement, Infinity]),
    replaceFirst: (subject, replacement) => replace(runner, parsed, subject, [replacement, 1]),
    split: (subject, limit = 0) => split(runner, subject, limit),
  }
}

function replace(runner: Runner, groups: Groups, subject: string, [text, times]: readonly [string, number]): string {
  let result = ''
  let end = 0
  let left = times
  let replacement: Replacement | undefined
  for (const match of runner.all(subject)) {
    replacement ??= parseReplacement(text, groups)
    result += subject.slice(end, match.start)
    for (const part of replacement) result += typeof part === 'string' ? part : (match.group(part) ?? '')
    end = match.end
    if (--left === 0) break
  }
  return replacement === undefined ? subject : result + subject.slice(end)
}

function split(runner: Runner, subject: string, limit: number): string[] {
  const pieces: string[] = []
  let end = 0
  for (const match of limit === 1 ? [] : runner.all(subject)) {
    // Java: an empty match at the very start makes no piece.
    if (match.end === 0) continue
    pieces.push(subject.slice(end, match.start))
    end = match.end
    if (pieces.length === limit - 1) break
  }
  if (pieces.length === 0) return [subject]
  pieces.push(subject.slice(end))
  if (limit !== 0) return pieces
  return pieces.slice(0, pieces.findLastIndex((piece) => piece !== '') + 1)
}
