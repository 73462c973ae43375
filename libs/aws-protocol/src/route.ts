// Finds the operation of a REST request: a trie of path segments, then method, then the literal query of the template.
import { Unreadable } from './fault.ts'

/** A decoded query-string or form parameter. */
export type Parameter = readonly [name: string, value: string]

export interface RouteTemplate<Target> {
  readonly method: string
  /** `/restapis/{restapi_id}?mode=import`; a last label may be greedy: `/tags/{resource_arn+}`. */
  readonly requestUri: string
  readonly target: Target
}

interface Route<Target> {
  readonly target: Target
  /** Label name of each segment; `undefined` for literals. */
  readonly labels: readonly (string | undefined)[]
  readonly greedy: boolean
  readonly query: readonly Parameter[]
}

interface Segment<Target> {
  readonly literals: Map<string, Segment<Target>>
  label: Segment<Target> | undefined
  readonly routes: Map<string, Route<Target>[]>
  readonly greedyRoutes: Map<string, Route<Target>[]>
}

export interface Routed<Target> {
  readonly target: Target
  /** Raw values, still percent-encoded, by label name. */
  readonly labels: ReadonlyMap<string, string>
  readonly query: readonly Parameter[]
}

/** A table of templates. Literals win over labels, labels over greedy labels, longer literal queries over shorter ones. */
export class Router<Target> {
  private readonly root: Segment<Target> = newSegment()

  /** Throws on a template this router cannot serve: labels within a segment, or a greedy label that is not last. */
  constructor(templates: Iterable<RouteTemplate<Target>>) {
    for (const template of templates) this.add(template)
  }

  /** `path` raw; `parameters` is called at most once, only when a path was found. */
  match(method: string, path: string, parameters: () => readonly Parameter[]): Routed<Target> | undefined {
    const segments = segmentsOf(path)
    const found: { query: readonly Parameter[] | undefined } = { query: undefined }
    const query = (): readonly Parameter[] => (found.query ??= parameters())
    const route = find(this.root, segments, { index: 0, method, query })
    return route && { target: route.target, labels: labelsOf(route, segments), query: query() }
  }

  private add({ method, requestUri, target }: RouteTemplate<Target>): void {
    const [path = '', literalQuery = ''] = requestUri.split('?')
    const parts = segmentsOf(path).map((segment) => parseSegment(segment, requestUri))
    const last = parts.at(-1)
    if (parts.some((part) => part.greedy && part !== last))
      throw new Error(`a greedy label must be last: "${requestUri}"`)
    let place = this.root
    for (const { literal, greedy } of parts) {
      if (!greedy) place = literal === undefined ? (place.label ??= newSegment()) : literalOf(place, literal)
    }
    const greedy = last?.greedy === true
    const query = parseParameters(literalQuery, 100)
    const routes = greedy ? place.greedyRoutes : place.routes
    const rivals = [...(routes.get(method) ?? []), { target, labels: parts.map(({ label }) => label), greedy, query }]
    rivals.sort((left, right) => right.query.length - left.query.length)
    routes.set(method, rivals)
  }
}

interface TemplateSegment {
  readonly literal: string | undefined
  readonly label: string | undefined
  readonly greedy: boolean
}

function parseSegment(segment: string, requestUri: string): TemplateSegment {
  const [, label, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(segment) ?? []
  if (label === undefined && /[{}]/.test(segment)) throw new Error(`unsupported label in "${requestUri}"`)
  return { literal: label === undefined ? segment : undefined, label, greedy: plus === '+' }
}

interface Search {
  readonly index: number
  readonly method: string
  readonly query: () => readonly Parameter[]
}

function find<Target>(place: Segment<Target>, segments: string[], search: Search): Route<Target> | undefined {
  const segment = segments[search.index]
  if (segment === undefined) return choose(place.routes.get(search.method), search)
  const next = { ...search, index: search.index + 1 }
  const literal = place.literals.get(segment.includes('%') ? decodeLenient(segment) : segment)
  return (
    (literal && find(literal, segments, next)) ??
    (place.label && segment !== '' ? find(place.label, segments, next) : undefined) ??
    choose(place.greedyRoutes.get(search.method), search)
  )
}

function choose<Target>(routes: readonly Route<Target>[] | undefined, { query }: Search): Route<Target> | undefined {
  return routes?.find(
    (route) =>
      route.query.length === 0 ||
      route.query.every(([name, value]) => query().some((given) => given[0] === name && given[1] === value)),
  )
}

function labelsOf(route: Route<unknown>, segments: readonly string[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  for (const [index, name] of route.labels.entries()) {
    if (name === undefined) continue
    const last = route.greedy && index === route.labels.length - 1
    labels.set(name, last ? segments.slice(index).join('/') : (segments[index] ?? ''))
  }
  return labels
}

function newSegment<Target>(): Segment<Target> {
  return { literals: new Map(), label: undefined, routes: new Map(), greedyRoutes: new Map() }
}

function literalOf<Target>(place: Segment<Target>, segment: string): Segment<Target> {
  const known = place.literals.get(segment)
  if (known !== undefined) return known
  const added = newSegment<Target>()
  place.literals.set(segment, added)
  return added
}

/** `/a/b/` and `/a/b` are the same path: older clients send Lambda's with a slash at the end. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/')
  if (segments[0] === '') segments.shift()
  if (segments.at(-1) === '') segments.pop()
  return segments
}

function decodeLenient(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Percent-decodes a path label once; throws `Unreadable` when it is not percent-encoded UTF-8. */
export function decodeLabel(raw: string): string {
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    throw new Unreadable(`The request path has a malformed percent-encoding: ${raw}`)
  }
}

/** Reads `a=1&b=x+y` (a query string or a form body); throws `Unreadable` over `budget` parameters or on malformed encoding. */
export function parseParameters(text: string, budget: number): readonly Parameter[] {
  if (text === '') return []
  const parameters: Parameter[] = []
  for (const pair of text.split('&')) {
    if (pair === '') continue
    if (parameters.length === budget) throw new Unreadable(`The request has more than ${budget} parameters.`)
    const equals = pair.indexOf('=')
    parameters.push(
      equals === -1 ? [decodeForm(pair), ''] : [decodeForm(pair.slice(0, equals)), decodeForm(pair.slice(equals + 1))],
    )
  }
  return parameters
}

function decodeForm(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new Unreadable(`The request has a malformed percent-encoding: ${text}`)
  }
}

/** Percent-encodes all but RFC 3986's unreserved characters, as AWS's signatures want it. */
export function encodeStrict(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
