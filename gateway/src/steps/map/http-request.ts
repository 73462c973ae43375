// Step `mapRequest` of HTTP APIs: what `RequestParameters` change of the request before the integration sees it. HTTP 9.
import { requestMessage } from '../../nouns/http-source.ts'
import type { HttpAdmitted, HttpMapped, HttpStage } from '../../nouns/http.ts'
import { decodeForm } from '../../nouns/query.ts'
import { encodePathText } from '../../nouns/uri-text.ts'
import { headerValue } from '../answer/hop-headers.ts'
import type { Step } from '../pipeline.ts'
import { compileMappings, evaluateMappings, mapHeaders, type EvaluatedMapping } from './http-headers.ts'

/** No step when there is nothing to map. */
export function mapHttpRequest(
  parameters: Readonly<Record<string, string>> | undefined,
  stage: HttpStage,
): Step<HttpAdmitted, HttpMapped> | undefined {
  const mappings = compileMappings(parameters ?? {}, 'request', stage)
  if (mappings.length === 0) return undefined
  return {
    name: 'mapRequest',
    run: (exchange) => {
      const evaluated = evaluateMappings(mappings, exchange, requestMessage(exchange)).map(carriable)
      const path = evaluated.findLast(({ location }) => location === 'path')?.value
      const host = evaluated.findLast(({ location, name }) => location === 'header' && name.toLowerCase() === 'host')
      const outgoing = {
        headers: mapHeaders(exchange.headers, evaluated),
        rawQuery: mapQuery(exchange.rawQuery, evaluated),
        path: path === undefined ? undefined : absolute(encodePathText(path)),
        host: host === undefined || host.action === 'remove' ? undefined : host.value,
      }
      exchange.listener?.decided({
        step: 'mapRequest',
        verdict: 'mapped',
        reason: { mappings: evaluated },
        atMs: exchange.receivedAtMs,
      })
      return { outgoing }
    },
  }
}

/** A value from a body or a query may hold what no header line can. */
function carriable(mapping: EvaluatedMapping): EvaluatedMapping {
  return mapping.location === 'header' ? { ...mapping, value: headerValue(mapping.value) } : mapping
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}

/** Changes the query as sent: what no mapping names stays byte for byte. Names are case-sensitive. */
function mapQuery(rawQuery: string, mappings: readonly EvaluatedMapping[]): string {
  let parts = rawQuery === '' ? [] : rawQuery.split('&')
  for (const { action, location, name, value } of mappings) {
    if (location !== 'querystring') continue
    if (action !== 'append') parts = parts.filter((part) => nameOf(part) !== name)
    if (action !== 'remove')
      parts.push(`${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(value))}`)
  }
  return parts.join('&')
}

function nameOf(part: string): string {
  const equals = part.indexOf('=')
  return decodeForm(equals < 0 ? part : part.slice(0, equals))
}

/** A lone surrogate, which JSON can hold and UTF-8 cannot, becomes U+FFFD. */
function wellFormed(text: string): string {
  return text.toWellFormed()
}
