// Makes the links to functions' code that GetFunction returns: signed by this process, and valid for ten minutes like AWS's.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** The path that the links lead to; the code's hash follows it. */
export const codeLinkPath = '/_sluice/functions/code/'

const goodForMs = 600_000

export interface CodeLinks {
  /** `origin`: how the caller reaches this gateway, `http://127.0.0.1:4566`. */
  readonly linkTo: (origin: string, zipSha256: string, nowMs: number) => string
  /** Whether this process made a link with this hash and query, and it has not expired. */
  readonly isGood: (zipSha256: string, query: URLSearchParams, nowMs: number) => boolean
}

/** Makes and checks links with a key of this process: links from before a restart are invalid. */
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
