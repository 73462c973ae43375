// Pages of a collection in v2's form: `maxResults` is a text, and `nextToken` tells where the next page begins.
import { BadRequestException } from '@sluice/aws-protocol/apigatewayv2'
import type { Key, Kind, Records } from '../../nouns/records.ts'
import type { Entry } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'

interface PageRequest {
  readonly MaxResults?: string | undefined
  readonly NextToken?: string | undefined
}

export interface PageOf<Item> {
  readonly Items: readonly Item[]
  readonly NextToken?: string
}

/** A page of records with their keys, and the next page's token in the form that an answer spreads. */
export interface PageOfEntries<K extends Kind> {
  readonly entries: readonly Entry<K>[]
  readonly next: { readonly NextToken?: string }
}

/** The page of records below `prefix` that a request asks for. Throws BadRequestException for a bad size or token. */
export async function page<K extends Kind>(
  call: Call,
  kind: K,
  prefix: Key,
  request: PageRequest,
): Promise<PageOf<Records[K]>> {
  const { entries, next } = await pageOfEntries(call, kind, prefix, request)
  return { Items: entries.map(({ record }) => record), ...next }
}

/** Like `page`, but with the keys, for records that are not shown as they are stored. */
export async function pageOfEntries<K extends Kind>(
  call: Call,
  kind: K,
  prefix: Key,
  { MaxResults: size = '', NextToken: position }: PageRequest,
): Promise<PageOfEntries<K>> {
  if (!/^\d{0,9}$/.test(size)) throw new BadRequestException('Invalid value for maxResults specified')
  const limit = size === '' ? undefined : Number(size)
  const { items, ...next } = await pageOfRecords(call.store, kind, prefix, { limit, position })
  return { entries: items, next: next.position === undefined ? {} : { NextToken: next.position } }
}
