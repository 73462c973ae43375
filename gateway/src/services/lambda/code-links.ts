// Links to functions' code, as GetFunction hands them out: signed by this process, and good for ten minutes as AWS's are.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Where the page stands that the links lead to; the code's hash follows. */
export const codeLinkPath = '/_sluice/functions/code/'

const goodForMs = 600_000

export interface CodeLinks {
  /** `origin`: how the caller reaches this gateway, `http://127.0.0.1:4566`. */
  readonly linkTo: (origin: string, zipSha256: string, nowMs: number) => string
  /** Whether a link with this hash and query was made here and still counts. */
  readonly isGood: (zipSha256: string, query: URLSearchParams, nowMs: number) => boolean
}

/** Links of one process: those of a former one are good no longer. */
export function createCodeLinks(): CodeLinks {
  const secret = randomBytes(32)
  const signature = (zipSha256: string, expires: string): Buffer =>
    createHmac('sha256', secret).update(`${zipSha256}\n${expires}`).digest()
  return {
    linkTo: (origin, zipSha256, nowMs) => {
      const expires = String(nowMs + goodForMs)
      const query = new URLSearchParams({ expires, signature: signature(zipSha256, expires).toString('hex') })
      return `${origin}${codeLinkPath}${zipSha256}?${query.toString()}`
    },
    isGood: (zipSha256, query, nowMs) => {
      const expires = query.get('expires') ?? ''
      const given = Buffer.from(query.get('signature') ?? '', 'hex')
      const wanted = signature(zipSha256, expires)
      return given.length === wanted.length && timingSafeEqual(given, wanted) && Number(expires) > nowMs
    },
  }
}
