// The parts of the gateway that STS is given.
import type { Store } from '../../ports/store.ts'
import type { WebTokens } from '../../ports/web-tokens.ts'

export interface StsParts {
  readonly store: Store
  readonly webTokens: WebTokens
  /** The issuer of the tokens that Cognito's identity pools give: AWS's own, or what stands in for it. */
  readonly identityPoolIssuer: string
}
