// API keys from the store: an index in memory for each account and region in use, which follows the store's changes.
import type { Scope } from '../nouns/records.ts'
import type { ApiKeys } from '../ports/api-keys.ts'
import type { Change, Store } from '../ports/store.ts'
import { KeyIndex } from './key-index.ts'

export function createStoredApiKeys(store: Store): ApiKeys {
  const indexes = new Map<string, KeyIndex>()
  const close = store.watch((changes) => {
    for (const [name, concerned] of byScope(changes)) indexes.get(name)?.touch(concerned)
  })
  return {
    find: (scope, value) => {
      const name = nameOf(scope)
      let index = indexes.get(name)
      if (index === undefined) indexes.set(name, (index = new KeyIndex(store.read(scope))))
      return index.find(value)
    },
    lackOf: (scope, value, stage) => indexes.get(nameOf(scope))?.lackOf(value, stage) ?? { lack: 'unknown' },
    close,
  }
}

function nameOf({ account, region }: Scope): string {
  return `${account}/${region}`
}

const watched: ReadonlySet<string> = new Set(['ApiKey', 'UsagePlan', 'UsagePlanKey'])

function byScope(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>()
  for (const change of changes) {
    if (!watched.has(change.kind)) continue
    const name = nameOf(change.scope)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [change])
    else group.push(change)
  }
  return groups
}
