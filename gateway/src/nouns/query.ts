// Query strings as API Gateway reads them: form-decoded, in order, repeats kept.

/** `a=1&b=%2B&a` → [['a','1'],['b','+'],['a','']]. Malformed percent signs stand for themselves. */
export function parseQuery(rawQuery: string): [name: string, value: string][] {
  if (rawQuery === '') return []
  const pairs: [string, string][] = []
  for (const part of rawQuery.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    if (equals < 0) pairs.push([decodeForm(part), ''])
    else pairs.push([decodeForm(part.slice(0, equals)), decodeForm(part.slice(equals + 1))])
  }
  return pairs
}

/** Form rules: `+` is a space. */
export function decodeForm(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return decodeLeniently(spaced)
  }
}

/** Decodes what is valid percent-encoding and leaves the rest; bytes that are no UTF-8 become U+FFFD. */
function decodeLeniently(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}

/** AWS: a semicolon splits the query of a REST API as well (documented). REST 1.2. */
export function splitAtSemicolons(rawQuery: string): string {
  return rawQuery.replaceAll(';', '&')
}
