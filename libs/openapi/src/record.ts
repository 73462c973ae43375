// Records keyed by names from a document, where `__proto__` is a name like any other.

/** A string-keyed record built from pairs; safe for every key, unlike assignment to an object literal. */
export function recordOf<V>(pairs: Iterable<readonly [string, V]>): Record<string, V> {
  return Object.fromEntries(pairs)
}

/** The object without its undefined members, so that "not said" is absent, as in AWS's answers. */
export function present<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
