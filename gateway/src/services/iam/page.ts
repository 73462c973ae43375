// Pages of IAM's listings: `MaxItems` (100 unless given), `Marker`, `IsTruncated`, and `PathPrefix`.
import { pageByName } from '../marker-page.ts'
import { validationError } from './faults.ts'

export interface PageInput {
  readonly Marker?: string | undefined
  readonly MaxItems?: number | undefined
}

export interface PageOutput<Item> {
  readonly items: readonly Item[]
  /** The members that every listing answers with. */
  readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/** Throws ValidationError for a marker that no page gave. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { Marker, MaxItems = 100 }: PageInput,
): PageOutput<Item> {
  const page = pageByName(items, nameOf, { marker: Marker, maxItems: MaxItems })
  if (page === undefined) throw validationError('Invalid Marker.')
  const { marker } = page
  return {
    items: page.items,
    rest: marker === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: marker },
  }
}
