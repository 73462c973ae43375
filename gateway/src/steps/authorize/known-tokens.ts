// Tokens that were found right, remembered: so many, and so many bytes.
import { LRUCache } from 'lru-cache'
import type { VerifiedToken } from './issuers.ts'

const maximumTokens = 10_000
const maximumTokenBytes = 32 * 1024 * 1024

interface Known {
  readonly token: string
  readonly verified: VerifiedToken
}

/** A token, its claims as values and as texts, each shorter than the token, and what holds them; an estimate. */
const bytesOf = ({ token }: Known): number => token.length * 4 + 512

/**
 * A token comes as a new string with each request, and a map hashes all of a new string: for a usual token that takes
 * longer than everything else. So they are found by their last characters, which belong to the signature and are the same
 * for no two right tokens, and then compared as a whole.
 */
const tailCharacters = 32

export class KnownTokens {
  private readonly byTail = new LRUCache<string, Known>({
    max: maximumTokens,
    maxSize: maximumTokenBytes,
    sizeCalculation: bytesOf,
  })

  get(token: string): VerifiedToken | undefined {
    const known = this.byTail.get(token.slice(-tailCharacters))
    return known?.token === token ? known.verified : undefined
  }

  set(token: string, verified: VerifiedToken): void {
    this.byTail.set(token.slice(-tailCharacters), { token, verified })
  }

  delete(token: string): void {
    this.byTail.delete(token.slice(-tailCharacters))
  }
}
