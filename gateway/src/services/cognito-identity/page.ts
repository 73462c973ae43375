// Pages of pools and of identities, and what this service says of a position that is none.
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

/** Throws InvalidParameterException. */
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
