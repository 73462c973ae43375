// Pages of pools and identities, and this service's refusal of a bad position.
import { InvalidParameterException } from '@sluice/aws-protocol/cognito-identity'
import { ServiceFault } from '@sluice/aws-protocol'
import type { Key } from '../../nouns/records.ts'
import type { Reader } from '../../ports/store.ts'
import { pageOfRecords, type PageOf } from '../page.ts'
import type { Entry } from '../../ports/store.ts'

export interface PageWanted {
  readonly MaxResults: number
  readonly NextToken?: string | undefined
}

/** One page. Throws InvalidParameterException for a bad position. */
export async function pageOf<K extends 'IdentityPool' | 'Identity'>(
  reader: Reader,
  [kind, prefix]: readonly [kind: K, prefix: Key],
  { MaxResults: limit, NextToken: position }: PageWanted,
): Promise<PageOf<Entry<K>>> {
  try {
    return await pageOfRecords(reader, kind, prefix, { limit, position })
  } catch (error) {
    throw error instanceof ServiceFault ? new InvalidParameterException('Invalid NextToken.') : error
  }
}
