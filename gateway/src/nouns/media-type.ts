// Media types: which bytes are text and which are binary, as an API's binaryMediaTypes say.

/** The first media type of a Content-Type or Accept value, in lower case, without parameters. */
export function firstMediaType(value: string): string {
  const end = value.search(/[;,]/)
  return (end < 0 ? value : value.slice(0, end)).trim().toLowerCase()
}

/**
 * A matcher for an API's binary media types: exact, `type/*`, or everything by `*\/*`. A wildcard on the left matches
 * nothing. Recorded: REST 32.3; REST 3.7.
 */
export function compileBinaryTypes(types: readonly string[] | undefined): (mediaType: string) => boolean {
  if (types === undefined || types.length === 0) return () => false
  const exact = new Set<string>()
  const prefixes: string[] = []
  for (const type of types.map((each) => each.toLowerCase())) {
    if (type === '*/*') return () => true
    if (type.startsWith('*/')) continue
    if (type.endsWith('/*')) prefixes.push(type.slice(0, -1))
    else exact.add(type)
  }
  return (mediaType) => exact.has(mediaType) || prefixes.some((prefix) => mediaType.startsWith(prefix))
}
