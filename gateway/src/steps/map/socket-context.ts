// `$context` as templates of WebSocket APIs see it, over the one table of its variables.
import { HostObject, type HostType, type Value } from '@sluice/vtl'
import { authorizerValue } from '../../nouns/context.ts'
import {
  socketContextVariables,
  type SocketContextExchange,
  type SocketContextReader,
} from '../../nouns/socket-context.ts'
import type { SocketStage } from '../../nouns/socket.ts'
import { mapType } from './host-map.ts'

interface ContextParts {
  readonly exchange: SocketContextExchange
  readonly stage: SocketStage
}

/** The table's dotted names by what stands before the dot; undotted ones under the empty name. */
function groupsOf(
  variables: Readonly<Record<string, SocketContextReader>>,
): ReadonlyMap<string, ReadonlyMap<string, SocketContextReader>> {
  const groups = new Map<string, Map<string, SocketContextReader>>()
  for (const [name, read] of Object.entries(variables)) {
    const dot = name.indexOf('.')
    const group = dot < 0 ? '' : name.slice(0, dot)
    const readers = groups.get(group) ?? new Map<string, SocketContextReader>()
    groups.set(group, readers.set(name.slice(dot + 1), read))
  }
  return groups
}

const groups = groupsOf(socketContextVariables)

const noReaders: ReadonlyMap<string, SocketContextReader> = new Map()

function groupType(group: string): HostType<ContextParts> {
  const readers = groups.get(group) ?? noReaders
  return mapType<ContextParts>({
    names: ({ exchange, stage }) =>
      [...readers].filter(([, read]) => read(exchange, stage) !== undefined).map(([name]) => name),
    get: ({ exchange, stage }, name) => readers.get(name)?.(exchange, stage) ?? null,
  })
}

const authorizerType = mapType<ContextParts>({
  names: ({ exchange: { caller } }) => [
    ...(caller?.principalId === undefined ? [] : ['principalId']),
    ...Object.keys(caller?.context ?? {}),
  ],
  get: ({ exchange: { caller } }, name) =>
    (name === 'principalId' ? caller?.principalId : authorizerValue(caller, name)) ?? null,
})

const innerTypes: ReadonlyMap<string, HostType<ContextParts>> = new Map([
  ['authorizer', authorizerType],
  ['error', groupType('error')],
  ['identity', groupType('identity')],
])

const plain = groups.get('') ?? noReaders

const contextType = mapType<ContextParts>({
  names: ({ exchange, stage }) => [
    ...[...plain].filter(([, read]) => read(exchange, stage) !== undefined).map(([name]) => name),
    ...(exchange.caller === undefined ? [] : ['authorizer']),
    ...(exchange.fault === undefined ? [] : ['error']),
    'identity',
  ],
  get: (parts, name) => {
    const inner = innerTypes.get(name)
    if (inner !== undefined) return new HostObject(inner, parts)
    return plain.get(name)?.(parts.exchange, parts.stage) ?? null
  },
})

/** `$context` for one render. */
export function socketContextObject(exchange: SocketContextExchange, stage: SocketStage): Value {
  return new HostObject(contextType, { exchange, stage })
}
