// Record keys as one string, so that a prefix of the parts is a prefix of the text and order is the parts' order.
import type { Key } from '../nouns/records.ts'

/** `['a', 'b/c']` → `a/b%2Fc/`: every part ends in `/`, and `/` and `%` inside a part are escaped. */
export function encodeKey(key: Key): string {
  const parts = key.map((part) => part.replace(/[%/]/g, (character) => (character === '%' ? '%25' : '%2F')))
  // Joined in one step: a string that is built by adding keeps its pieces in memory, and there are hundreds of thousands of keys.
  return [...parts, ''].join('/')
}

export function decodeKey(text: string): Key {
  return text
    .slice(0, -1)
    .split('/')
    .map((part) => part.replaceAll('%2F', '/').replaceAll('%25', '%'))
}

/** The first text after every key that starts with `prefix`: `0` follows `/`. The empty prefix has no end. */
export function endOfPrefix(prefix: string): string | undefined {
  return prefix === '' ? undefined : `${prefix.slice(0, -1)}0`
}
