// Pages of a listing: AWS's limit and opaque position, over stored records or over a list already in memory.
import { ServiceFault } from '@sluice/aws-protocol'
import type { Key, Kind } from '../nouns/records.ts'
import type { Entry, Reader } from '../ports/store.ts'

/** The page that a caller asks for. `position` is the one that the page before returned. */
export interface PageRequest {
  readonly limit?: number | undefined
  readonly position?: string | undefined
}

export interface PageOf<T> {
  readonly items: readonly T[]
  /** Where the next page starts; absent on the last one. */
  readonly position?: string
}

/** Default and largest page, as the API reference gives them for every collection. */
const defaultLimit = 25
const largestLimit = 500

/** A page of the records of a kind below a key prefix, in key order. Throws BadRequestException for a bad limit or position. */
export async function pageOfRecords<K extends Kind>(
  reader: Reader,
  kind: K,
  prefix: Key,
  request: PageRequest,
): Promise<PageOf<Entry<K>>> {
  const limit = limitOf(request)
  const after = request.position === undefined ? undefined : keyOf(request.position)
  const entries = await reader.list(kind, prefix, { after, limit: limit + 1 })
  const items = entries.slice(0, limit)
  const last = items.at(-1)
  if (entries.length <= limit || last === undefined) return { items }
  return { items, position: positionOf(last.key) }
}

/** A page of a list that is already in memory; its position counts items. Throws BadRequestException like `pageOfRecords`. */
export function pageOfList<T>(list: readonly T[], request: PageRequest): PageOf<T> {
  const limit = limitOf(request)
  const start = request.position === undefined ? 0 : Number(keyOf(request.position)[0])
  if (!Number.isSafeInteger(start) || start < 0) throw badPosition()
  const items = list.slice(start, start + limit)
  return start + limit < list.length ? { items, position: positionOf([String(start + limit)]) } : { items }
}

/** The page's size: a limit above the largest page means the largest page. */
function limitOf({ limit = defaultLimit }: PageRequest): number {
  if (limit < 1) throw new ServiceFault('BadRequestException', 400, 'Invalid limit specified')
  return Math.min(limit, largestLimit)
}

function positionOf(key: Key): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

function keyOf(position: string): Key {
  try {
    const key: unknown = JSON.parse(Buffer.from(position, 'base64url').toString())
    if (Array.isArray(key) && key.every((part) => typeof part === 'string')) return key
  } catch {
    // Not one of ours: said below.
  }
  throw badPosition()
}

function badPosition(): ServiceFault {
  return new ServiceFault('BadRequestException', 400, 'Invalid position specified')
}
