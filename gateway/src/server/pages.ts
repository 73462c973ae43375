// Sluice's own endpoints under /_sluice/: health, and what is deployed.
import type { Answer } from '../nouns/exchange.ts'
import type { Head } from './incoming.ts'
import { plainAnswer } from './plain-answer.ts'

/** What a page answers that is no JSON. */
export class TextPage {
  readonly contentType: string
  readonly text: string

  constructor(contentType: string, text: string) {
    this.contentType = contentType
    this.text = text
  }
}

/** One endpoint: `GET` only; JSON out, unless it gives a `TextPage`. */
export type Page = (query: URLSearchParams) => unknown

/** `path` → page. Adding an endpoint is adding a row where this is made. */
export function createPages(
  pages: Readonly<Record<string, Page>>,
): (head: Head, path: string, query: string) => Promise<Answer> {
  return async (head, path, query) => {
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined
    if (page === undefined) return plainAnswer(404, `Sluice has no page ${path}`)
    if (head.method !== 'GET' && head.method !== 'HEAD') return plainAnswer(405, `${path} answers GET only`)
    const result = await page(new URLSearchParams(query))
    const { contentType, text } =
      result instanceof TextPage ? result : new TextPage('application/json', JSON.stringify(result))
    return { status: 200, headers: ['Content-Type', contentType, 'Cache-Control', 'no-store'], body: text }
  }
}
