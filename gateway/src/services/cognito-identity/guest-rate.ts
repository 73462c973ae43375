// Limits the rate of new guests: each gets an identity that is stored, and none has to sign the call.
import { TooManyRequestsException } from '@sluice/aws-protocol/cognito-identity'
import type { Scope } from '../../nouns/records.ts'
import type { Rate } from '../../ports/counters.ts'
import type { CognitoIdentityParts } from './parts.ts'

/** AWS's default for GetId: 25 a second in an account and region, of which guests alone count here. */
export const awsGuestRate: Rate = { rate: 25, burst: 25 }

/** Counts a new guest. Throws TooManyRequestsException. Open choice (?): its sentence. */
export async function admitGuest(
  { counters, guestRate }: Pick<CognitoIdentityParts, 'counters' | 'guestRate'>,
  { account, region }: Scope,
): Promise<void> {
  if (guestRate === undefined) return
  const refused = await counters.admit([{ kind: 'bucket', key: `guests ${account} ${region}`, ...guestRate }])
  if (refused >= 0) throw new TooManyRequestsException('Rate exceeded')
}
