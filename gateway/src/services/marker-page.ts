// Pages of a listing by name, as Lambda and IAM have them: `Marker` is the last name of the page before.

export interface MarkerRequest {
  readonly marker: string | undefined
  readonly maxItems: number
}

export interface MarkerPage<Item> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly marker: string | undefined
}

/** One page of `items`, whose names are unique, in order of name. Undefined for a marker that was never returned. */
export function pageByName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { marker, maxItems }: MarkerRequest,
): MarkerPage<Item> | undefined {
  const after = marker === undefined ? undefined : nameIn(marker)
  if (marker !== undefined && after === undefined) return undefined
  const sorted = items
    .map((item) => ({ item, name: nameOf(item) }))
    .filter(({ name }) => after === undefined || name > after)
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const page = sorted.slice(0, maxItems)
  const last = page.at(-1)
  const more = sorted.length > page.length && last !== undefined
  return { items: page.map(({ item }) => item), marker: more ? markerOf(last.name) : undefined }
}

function markerOf(name: string): string {
  return Buffer.from(JSON.stringify(name)).toString('base64url')
}

function nameIn(marker: string): string | undefined {
  try {
    const name: unknown = JSON.parse(Buffer.from(marker, 'base64url').toString())
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
