// The parameters of a REST API's request, as mappings, validation and templates read them; parsed when first asked for.
import { visibleHeaders } from './client-headers.ts'
import type { PathParameters, Received } from './exchange.ts'
import { parseQuery, splitAtSemicolons } from './query.ts'

type Pairs = readonly (readonly [name: string, value: string])[]

/** Told by the first step of every method. */
export interface Parameterised {
  readonly parameters: RequestParameters
}

/** Where parameters stand in a request. */
export type ParameterSource = Pick<Received, 'rawQuery' | 'headers' | 'isHttp2'> & {
  readonly pathParameters?: PathParameters
}

/** Names are case-sensitive; single reads give the last value. REST 1.2, 2.2, 3.4. */
export class RequestParameters {
  private readonly exchange: ParameterSource
  private queryPairs: Pairs | undefined
  private headerPairs: Pairs | undefined

  constructor(exchange: ParameterSource) {
    this.exchange = exchange
  }

  /** As sent, not decoded. */
  path(name: string): string | undefined {
    const { pathParameters } = this.exchange
    return pathParameters !== undefined && Object.hasOwn(pathParameters, name) ? pathParameters[name] : undefined
  }

  query(name: string): string | undefined {
    return lastOf(this.queryList, name)
  }

  queryAll(name: string): readonly string[] {
    return allOf(this.queryList, name)
  }

  /** Headers of one hop are not among them. Recorded REST 22. */
  header(name: string): string | undefined {
    return lastOf(this.headerList, this.spelling(name))
  }

  headerAll(name: string): readonly string[] {
    return allOf(this.headerList, this.spelling(name))
  }

  /** Every path parameter. */
  get paths(): Pairs {
    return Object.entries(this.exchange.pathParameters ?? {})
  }

  /** Every query parameter, decoded, in order, repeats kept. */
  get queryList(): Pairs {
    return (this.queryPairs ??= parseQuery(splitAtSemicolons(this.exchange.rawQuery)))
  }

  /** Every header an integration may see, in order, repeats kept. */
  get headerList(): Pairs {
    return (this.headerPairs ??= pairsOf(visibleHeaders(this.exchange.headers)))
  }

  /** HTTP/2 has lower-case names only: there the case of a name means nothing (?). REST 2.2. */
  private spelling(name: string): string {
    if (this.exchange.isHttp2 !== true) return name
    const lower = name.toLowerCase()
    return this.headerList.findLast(([candidate]) => candidate.toLowerCase() === lower)?.[0] ?? name
  }
}

function pairsOf(list: readonly string[]): Pairs {
  const pairs: [string, string][] = []
  for (let index = 0; index < list.length; index += 2) pairs.push([list[index] ?? '', list[index + 1] ?? ''])
  return pairs
}

function lastOf(pairs: Pairs, name: string): string | undefined {
  for (let index = pairs.length - 1; index >= 0; index--) {
    const pair = pairs[index]
    if (pair !== undefined && pair[0] === name) return pair[1]
  }
  return undefined
}

function allOf(pairs: Pairs, name: string): string[] {
  const values: string[] = []
  for (const pair of pairs) if (pair[0] === name) values.push(pair[1])
  return values
}
