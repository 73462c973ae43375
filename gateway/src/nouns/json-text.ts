// JSON strings, as events are put together from them.

/** Printable ASCII without the quotation mark and the backslash: what JSON writes as it is, and nearly all there is. */
const plain = /^[ !#-[\]-~]*$/

/** The text as a JSON string: what `JSON.stringify` gives, for plain texts without calling it. */
export function quote(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text)
}
