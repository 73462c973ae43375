// Sluice's own endpoints under /_sluice/: health, metrics, connections, and the stories of requests.
import type { Answer } from '../nouns/exchange.ts'
import type { Head } from './incoming.ts'
import { plainAnswer } from './plain-answer.ts'
import { isPublicName, trustedOrigin } from './web-page.ts'

/** What a page answers that is no plain JSON. */
export class PageText {
  readonly contentType: string
  readonly text: string | Uint8Array

  constructor(contentType: string, text: string | Uint8Array) {
    this.contentType = contentType
    this.text = text
  }
}

export interface PageRequest {
  readonly query: URLSearchParams
  /** What follows a page whose path ends in `/`. */
  readonly rest: string
}

/** One endpoint, `GET` only: JSON out unless it gives a `PageText`; undefined is a 404. */
export type Page = (request: PageRequest) => unknown

export interface Pages {
  /** Path → page; a path that ends in `/` stands for all below it. Adding an endpoint is adding a row. */
  readonly open: Readonly<Record<string, Page>>
  /** The same, for who asks from this machine. */
  readonly local: Readonly<Record<string, Page>>
}

export function createPages({ open, local }: Pages): (head: Head, path: string, query: string) => Promise<Answer> {
  const answerOf = async (head: Head, path: string, query: string): Promise<Answer> => {
    const own = pageAt(local, path)
    const found = own ?? pageAt(open, path)
    if (found === undefined) return plainAnswer(404, `Sluice has no page ${path}`)
    if (head.method === 'OPTIONS') return { status: 204, headers: ['Allow', methods], body: '' }
    if (head.method !== 'GET' && head.method !== 'HEAD') return plainAnswer(405, `${path} answers GET only`)
    if (own !== undefined && (!isLoopback(head.remoteAddress) || isPublicName(head.headers)))
      return plainAnswer(403, `${path} is for this machine alone`)
    const result = await found.page({ query: new URLSearchParams(query), rest: found.rest })
    if (result === undefined) return plainAnswer(404, `There is nothing at ${path}`)
    const { contentType, text } =
      result instanceof PageText ? result : new PageText('application/json', JSON.stringify(result))
    return { status: 200, headers: ['Content-Type', contentType, 'Cache-Control', 'no-store'], body: text }
  }
  return async (head, path, query) => {
    const answer = await answerOf(head, path, query)
    const origin = trustedOrigin(head.headers)
    if (origin !== undefined) answer.headers.push(...crossOriginHeaders(origin))
    return answer
  }
}

const methods = 'GET, HEAD, OPTIONS'

/** Pages of this machine may read ours: a console that is served elsewhere, say by its development server. */
function crossOriginHeaders(origin: string): string[] {
  return ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Methods', methods, 'Vary', 'Origin']
}

function pageAt(
  pages: Readonly<Record<string, Page>>,
  path: string,
): { readonly page: Page; readonly rest: string } | undefined {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  for (const name of [path, folder]) {
    const page = Object.hasOwn(pages, name) ? pages[name] : undefined
    if (page !== undefined) return { page, rest: path.slice(name.length) }
  }
  return undefined
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}
