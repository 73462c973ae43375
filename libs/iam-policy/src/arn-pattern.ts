// Matches ARNs in conditions: each of the six parts by itself, so that a star never reaches over a colon.
import { compilePattern, type Pattern, type PatternSyntax } from './pattern.ts'

/** Compiles the operand of `ArnEquals`, `ArnLike` and their negations, of which each pair means the same. */
export function compileArnPattern(text: string, syntax: PatternSyntax): Pattern {
  if (text === '*') return () => true
  const patterns = splitArn(text, syntax.hasVariables).map((part) => compilePattern(part, syntax))
  if (patterns.length !== arnParts) return () => false
  return (subject, context) => {
    const parts = splitArn(subject, false)
    if (parts.length !== arnParts) return false
    let outcome: boolean | undefined = true
    for (const [index, pattern] of patterns.entries()) {
      const isMatch = pattern(parts[index] ?? '', context)
      if (isMatch === false) return false
      if (isMatch === undefined) outcome = undefined
    }
    return outcome
  }
}

const arnParts = 6

/** Splits at the first five colons, not counting those in variables; the sixth part keeps its colons. */
function splitArn(text: string, hasVariables: boolean): readonly string[] {
  const parts: string[] = []
  let start = 0
  let isInVariable = false
  for (let index = 0; index < text.length && parts.length < arnParts - 1; index++) {
    const character = text[index]
    if (hasVariables && character === '$' && text[index + 1] === '{') isInVariable = true
    else if (character === '}') isInVariable = false
    else if (character === ':' && !isInVariable) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}
