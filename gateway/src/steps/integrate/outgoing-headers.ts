// The headers of a non-proxy integration's request: mapped ones over AWS's defaults. Recorded: REST 29; REST 3.8.

/** Verbs that go without a body and without the client's Content-Type. */
export const bodilessVerbs: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

type Pair<Value> = readonly [name: string, value: Value]

/** Mapped headers, and the defaults that have a value and that none of them replaces. */
export function outgoingHeaders(
  mapped: readonly Pair<string>[],
  defaults: readonly Pair<string | undefined>[],
): string[] {
  const names = new Set(mapped.map(([name]) => name.toLowerCase()))
  const headers: string[] = []
  for (const [name, value] of defaults) {
    if (value !== undefined && !names.has(name.toLowerCase())) headers.push(name, value)
  }
  for (const [name, value] of mapped) headers.push(name, value)
  return headers
}
