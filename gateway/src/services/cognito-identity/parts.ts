// The parts of the gateway that identity pools are given.
import type { Counters, Rate } from '../../ports/counters.ts'
import type { StsParts } from '../sts/parts.ts'

export interface CognitoIdentityParts extends StsParts {
  /** By user pool id, the issuer that stands in for the pool; AWS's own issuer is used for other pools. */
  readonly cognitoIssuers: ReadonlyMap<string, string>
  /** Whether roles that do not exist here are accepted (`dev`). */
  readonly trustsUnknownRoles: boolean
  readonly counters: Pick<Counters, 'admit'>
  /** The rate of new guests for an account and region; undefined for no limit. */
  readonly guestRate: Rate | undefined
}
