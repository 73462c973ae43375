// API keys as logs show them.

/** The last six characters, stars for the others. Security D.2. */
export function maskedKey(value: string): string {
  return value.slice(-6).padStart(value.length, '*')
}
