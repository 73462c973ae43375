// Tokens that were found right, remembered: so many, and so many bytes.
import type { VerifiedToken } from './issuers.ts'

/** How many tokens a generation has; two generations are remembered. */
const generationTokens = 5_000
const generationBytes = 16 * 1024 * 1024

interface Known {
  readonly token: string
  readonly verified: VerifiedToken
}

/** An estimate of what a remembered token takes: its text, its claims as values and as texts, each shorter, and the objects around them. */
const bytesOf = (token: string): number => token.length * 4 + 512

/**
 * A token comes as a new string with each request, and a map hashes all of a new string: for a usual token that takes
 * longer than everything else. So they are found by their last characters, which belong to the signature and are the same
 * for no two right tokens, and then compared as a whole.
 */
const tailCharacters = 32

/**
 * When a generation is full, the one before it is forgotten as a whole, but for the tokens that came again meanwhile: keeping
 * the order of use, and forgetting tokens one by one, costs each new token a microsecond more.
 */
export class KnownTokens {
  private young = new Map<string, Known>()
  private old = new Map<string, Known>()
  private youngBytes = 0

  get(token: string): VerifiedToken | undefined {
    const tail = token.slice(-tailCharacters)
    const young = this.young.get(tail)
    if (young?.token === token) return young.verified
    const old = this.old.get(tail)
    if (old?.token !== token) return undefined
    this.set(token, old.verified)
    return old.verified
  }

  set(token: string, verified: VerifiedToken): void {
    if (this.young.size >= generationTokens || this.youngBytes >= generationBytes) {
      this.old = this.young
      this.young = new Map()
      this.youngBytes = 0
    }
    this.young.set(token.slice(-tailCharacters), { token, verified })
    this.youngBytes += bytesOf(token)
  }

  delete(token: string): void {
    const tail = token.slice(-tailCharacters)
    this.young.delete(tail)
    this.old.delete(tail)
  }
}
