// Reads lists of names that are written as one text.

/** The names in a text, however they are spaced. */
export function names(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
