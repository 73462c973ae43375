// Applies a PATCH to a record: absent members stay, "" clears a text, and a map is merged key by key or replaced (HTTP 2.2).

/** The members that a change may set; `undefined` leaves them as they are. */
export type Changes<R> = { readonly [Member in keyof R]?: R[Member] | undefined }

/** The record with the changes. Create uses it on an empty record, so that an empty text counts as not given. */
export function patched<R extends object>(record: R, changes: Changes<R>): R {
  const members = new Map<string, unknown>(Object.entries(record))
  for (const [member, value] of Object.entries(changes)) {
    if (value === '') members.delete(member)
    else if (value !== undefined) members.set(member, value)
  }
  return Object.fromEntries(members) as R
}

/** The named members of a call's input: those that belong to the record. */
export function pick<Input extends object, const Member extends keyof Input>(
  input: Input,
  members: readonly Member[],
): Pick<Input, Member> {
  return Object.fromEntries(members.map((member) => [member, input[member]])) as Pick<Input, Member>
}

/** A map with another's entries laid over it; a value that `deletes` accepts (by default the empty text) deletes its key. */
export function mergedMap<Value>(
  stored: Readonly<Record<string, Value>> | undefined,
  given: Readonly<Record<string, Value>> | undefined,
  deletes: (value: Value) => boolean = (value) => value === '',
): Readonly<Record<string, Value>> | undefined {
  if (given === undefined) return stored
  const merged = new Map(Object.entries(stored ?? {}))
  for (const [key, value] of Object.entries(given)) {
    if (deletes(value)) merged.delete(key)
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

/**
 * A map of models, which the given map replaces except for keys with the empty text. Terraform's provider sends these maps
 * whole, as it does those of templates, and does not name removed keys, as it does where AWS merges.
 */
export function replacedMap(
  stored: Readonly<Record<string, string>> | undefined,
  given: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  if (given === undefined) return stored
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
}

/** The map without one key. */
export function withoutKey<Value>(
  map: Readonly<Record<string, Value>> | undefined,
  key: string,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([name]) => name !== key))
}
