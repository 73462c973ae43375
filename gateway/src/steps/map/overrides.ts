// Applies what templates put into `$context.requestOverride` and `$context.responseOverride`. REST 4.5; recorded: REST 26.5.
import type { Value } from '@sluice/vtl'
import type { MappedParameters, OverrideMap, Overrides } from '../../nouns/outgoing.ts'
import { headerValue, isHeaderName } from '../answer/hop-headers.ts'
import { requestHeaderRule, type MappedIntegration } from './header-rules.ts'
import { printed } from './host-map.ts'
import { headerAlreadyPresent } from './parameters.ts'

/** Mapped parameters with a request template's overrides over them. Throws GatewayFault for a header that may not be set. */
export function overrideRequest(
  mapped: MappedParameters,
  { requestOverride }: Overrides,
  integration: MappedIntegration,
): MappedParameters {
  if (requestOverride === undefined) return mapped
  const headers = parametersOf(requestOverride, 'header').filter(([name]) => {
    const rule = requestHeaderRule(name, integration)
    if (rule === 'refuse') throw headerAlreadyPresent(name)
    return rule === 'send' && isHeaderName(name)
  })
  const query = parametersOf(requestOverride, 'querystring')
  const path = parametersOf(requestOverride, 'path')
  return {
    headers: [
      ...without(mapped.headers, headers, (name) => name.toLowerCase()),
      ...headers.map(([name, value]) => [name, headerValue(value)] as const),
    ],
    query: [...without(mapped.query, query, (name) => name), ...query],
    path: new Map([...mapped.path, ...path]),
  }
}

type Pair = readonly [name: string, value: string]

function without(pairs: readonly Pair[], overridden: readonly Pair[], spelling: (name: string) => string): Pair[] {
  const names = new Set(overridden.map(([name]) => spelling(name)))
  return pairs.filter(([name]) => !names.has(spelling(name)))
}

/** What a response is overridden with; undefined when no template touched it. */
export interface ResponseOverride {
  /** Undefined when none was set, or none that HTTP can carry. */
  readonly status: number | undefined
  readonly headers: readonly Pair[]
}

export function responseOverride({ responseOverride: map }: Overrides): ResponseOverride | undefined {
  if (map === undefined) return undefined
  const headers = parametersOf(map, 'header').filter(([name]) => isHeaderName(name))
  return { status: statusOf(map.get('status')), headers }
}

/** An integer from 200 to 599, also as text; anything else is ignored. Below 200 the client would wait for another answer. */
function statusOf(value: Value): number | undefined {
  const status = Number(printed(value).trim())
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined
}

/** Names and values under a parameter map; a list gives each of its values. */
function parametersOf(map: OverrideMap, group: string): Pair[] {
  const members = map.get(group)
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return []
  const entries: Iterable<[Value, Value]> = members instanceof Map ? members : Object.entries(members as object)
  const pairs: Pair[] = []
  for (const [name, value] of entries) {
    for (const each of Array.isArray(value) ? value : [value]) pairs.push([printed(name), printed(each)])
  }
  return pairs
}
