// Tokens of identity providers for STS: verified as the JWT authorizers verify theirs, with the same keys.
import { WebTokenFault, type WebTokens } from '../../ports/web-tokens.ts'
import type { Issuers } from './issuers.ts'
import type { IssuerKeys } from './jwt-keys.ts'
import { parseToken, TokenFault } from './jwt-token.ts'
import { verifiedToken } from './jwt-verification.ts'

export function createWebTokens(issuers: Issuers): WebTokens {
  return {
    read: (token) => {
      try {
        return parseToken(token).claims
      } catch (error) {
        if (error instanceof TokenFault) return undefined
        throw error
      }
    },
    verify: async (token, issuer) => {
      const keys = issuers.keysOf(issuer)
      await reached(keys)
      try {
        return (await verifiedToken(token, keys, issuers)).claims
      } catch (error) {
        throw error instanceof TokenFault ? new WebTokenFault('invalid', error) : error
      }
    },
  }
}

async function reached(keys: IssuerKeys): Promise<void> {
  if (keys.current() !== undefined) return
  try {
    await keys.renewed()
  } catch (error) {
    throw error instanceof TokenFault ? new WebTokenFault('unreachable', error) : error
  }
}
