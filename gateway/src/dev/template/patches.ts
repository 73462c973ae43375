// Makes the patch operations that turn the present state into the wanted one.

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: string
}

/** Sets a member to a value; `undefined` removes it when it exists and is removable. */
export function setting(path: string, before: unknown, after: unknown, removable = false): readonly PatchOperation[] {
  if (after === undefined) return removable && before !== undefined ? [{ op: 'remove', path }] : []
  const value = textOf(after)
  return before !== undefined && textOf(before) === value ? [] : [{ op: 'replace', path, value }]
}

/** Sets a text; a text that is not wanted becomes empty, which means none to AWS. */
export function optionalText(path: string, before: unknown, after: unknown): readonly PatchOperation[] {
  return setting(path, before ?? '', after ?? '')
}

/** Sets each entry of a map and removes those that are not wanted. */
export function entries(path: string, before: unknown, after: unknown): readonly PatchOperation[] {
  const [old, wanted] = [mapOf(before), mapOf(after)]
  return [
    ...[...old.keys()].filter((name) => !wanted.has(name)).map((name) => remove(`${path}/${escaped(name)}`)),
    ...[...wanted].flatMap(([name, value]) => setting(`${path}/${escaped(name)}`, old.get(name), value)),
  ]
}

/** Adds and removes the members of a list that are named in the path. */
export function memberships(path: string, before: unknown, after: unknown): readonly PatchOperation[] {
  const [old, wanted] = [listOf(before), listOf(after)]
  return [
    ...old.filter((each) => !wanted.includes(each)).map((each) => remove(`${path}/${escaped(each)}`)),
    ...wanted
      .filter((each) => !old.includes(each))
      .map((each): PatchOperation => ({ op: 'add', path: `${path}/${escaped(each)}` })),
  ]
}

/** Adds and removes the members of a list that are given as values. What is new comes first: some lists are never empty. */
export function listed(path: string, before: unknown, after: unknown): readonly PatchOperation[] {
  const [old, wanted] = [listOf(before), listOf(after)]
  return [
    ...wanted.filter((each) => !old.includes(each)).map((value): PatchOperation => ({ op: 'add', path, value })),
    ...old.filter((each) => !wanted.includes(each)).map((value): PatchOperation => ({ op: 'remove', path, value })),
  ]
}

export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function remove(path: string): PatchOperation {
  return { op: 'remove', path }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function mapOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(Object.entries((value ?? {}) as Readonly<Record<string, unknown>>))
}

function listOf(value: unknown): readonly string[] {
  return (value ?? []) as readonly string[]
}
