// Values of a token's claim, as rules and tags compare and keep them.
import type { TokenClaims } from '../../ports/web-tokens.ts'

/** One for each element of a list; none for a claim that is not there, or is an object. */
export function claimTexts(claims: TokenClaims, name: string): readonly string[] {
  const value: unknown = Object.hasOwn(claims, name) ? claims[name] : undefined
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.flatMap((each) => {
    if (typeof each === 'string') return [each]
    return typeof each === 'number' || typeof each === 'boolean' ? [String(each)] : []
  })
}
