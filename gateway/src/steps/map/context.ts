// `$context` and `$stageVariables` as mapping templates see them, over the one table of context variables.
import { HostObject, type HostType, type Value } from '@sluice/vtl'
import {
  authorizerValue,
  claimValue,
  contextVariables,
  type ContextExchange,
  type ContextReader,
} from '../../nouns/context.ts'
import type { Overrides } from '../../nouns/outgoing.ts'
import type { RestStage } from '../../nouns/rest.ts'
import { mapType } from './host-map.ts'
import { OverrideScope, overrideObject } from './override-map.ts'

interface ContextParts {
  readonly exchange: ContextExchange
  readonly stage: RestStage
  readonly overrides: OverrideScope
}

type Branch = Map<string, ContextReader | Branch>

/** The table's dotted names as a tree: `identity.sourceIp` is a leaf of the branch `identity`. */
function treeOf(variables: Readonly<Record<string, ContextReader>>): Branch {
  const root: Branch = new Map()
  for (const [name, read] of Object.entries(variables)) {
    const parts = name.split('.')
    const leaf = parts.pop() ?? ''
    let branch = root
    for (const part of parts) {
      const known = branch.get(part)
      const next: Branch = known instanceof Map ? known : new Map()
      branch.set(part, next)
      branch = next
    }
    branch.set(leaf, read)
  }
  return root
}

const tree = treeOf(contextVariables)

/** Leaves that have a value now, even a null one. */
function namesOf(branch: Branch, parts: ContextParts): string[] {
  return [...branch].flatMap(([name, node]) => {
    const isThere =
      node instanceof Map ? namesOf(node, parts).length > 0 : node(parts.exchange, parts.stage) !== undefined
    return isThere ? [name] : []
  })
}

function branchType(branch: Branch): HostType<ContextParts> {
  const types = new Map([...branch].map(([name, node]) => [name, node instanceof Map ? branchType(node) : node]))
  return mapType<ContextParts>({
    names: (parts) => namesOf(branch, parts),
    get: (parts, name) => {
      const node = types.get(name)
      if (node === undefined) return null
      if (typeof node !== 'function') return new HostObject(node, parts)
      // Recorded: what identity does not have is a text, and stays one in `$util.escapeJavaScript(…)`.
      const value = node(parts.exchange, parts.stage)
      return value === null ? '' : value
    },
  })
}

const claimsType = mapType<ContextParts>({
  names: ({ exchange }) => Object.keys(exchange.caller?.claims ?? {}),
  get: ({ exchange }, name) => claimValue(exchange.caller, name),
})

const authorizerType = mapType<ContextParts>({
  names: ({ exchange: { caller } }) => [
    ...(caller?.principalId === undefined ? [] : ['principalId']),
    ...(caller?.claims === undefined ? [] : ['claims']),
    ...Object.keys(caller?.context ?? {}),
  ],
  get: (parts, name) => {
    const { caller } = parts.exchange
    if (name === 'claims') return caller?.claims === undefined ? null : new HostObject(claimsType, parts)
    return name === 'principalId' ? caller?.principalId : authorizerValue(caller, name)
  },
})

const variables = branchType(tree)
const overrideNames = ['requestOverride', 'responseOverride'] as const

const contextType = mapType<ContextParts>({
  names: (parts) => [...namesOf(tree, parts), ...overrideNames],
  get: (parts, name) => {
    if (name === 'requestOverride' || name === 'responseOverride') return overrideObject(parts.overrides, name)
    if (name === 'authorizer') return parts.exchange.caller === undefined ? null : new HostObject(authorizerType, parts)
    return variables.get?.(parts, name)
  },
})

/** `$context` for one render. */
export function contextObject(exchange: ContextExchange, stage: RestStage, overrides: Overrides): Value {
  return new HostObject(contextType, { exchange, stage, overrides: new OverrideScope(overrides) })
}

const stageVariablesType = mapType<Pick<RestStage, 'variables'>>({
  names: ({ variables: stageVariables }) => Object.keys(stageVariables ?? {}),
  get: ({ variables: stageVariables }, name) =>
    stageVariables !== undefined && Object.hasOwn(stageVariables, name) ? stageVariables[name] : null,
})

/** `$stageVariables`, the same for every request of a stage. */
export function stageVariablesObject(stage: Pick<RestStage, 'variables'>): Value {
  return new HostObject(stageVariablesType, stage)
}
