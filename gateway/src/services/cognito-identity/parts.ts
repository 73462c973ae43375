// What identity pools need of the place they run in.
import type { Counters, Rate } from '../../ports/counters.ts'
import type { StsParts } from '../sts/parts.ts'

export interface CognitoIdentityParts extends StsParts {
  /** User pool id → the issuer whose tokens count as the pool's. Of other pools it is AWS's own. */
  readonly cognitoIssuers: ReadonlyMap<string, string>
  /** `dev`: roles that nobody here knows are let pass. */
  readonly trustsUnknownRoles: boolean
  readonly counters: Pick<Counters, 'admit'>
  /** How many new guests an account may get in a region; as many as come when undefined. */
  readonly guestRate: Rate | undefined
}
