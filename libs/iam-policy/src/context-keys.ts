// Lists the condition keys that a policy reads: in its conditions, and as variables in resources and values.
import { variablesOf } from './pattern.ts'

/** The keys of one statement as the policy writes them, each once without regard to case. */
export type ContextKeys = readonly string[]

/**
 * The keys that each statement of a policy asks for, in the order of the statements.
 * @param document a policy that `parsePolicy` has read, as its value
 */
export function contextKeysOf(document: unknown): readonly ContextKeys[] {
  const members = membersOf(document)
  const hasVariables = members.get('Version') === '2012-10-17'
  return listOf(members.get('Statement')).map((statement) => keysOfStatement(membersOf(statement), hasVariables))
}

/** Drops the keys that are there already in another case. */
export function distinctKeys(keys: Iterable<string>): ContextKeys {
  const byLowerName = new Map<string, string>()
  for (const key of keys) if (!byLowerName.has(key.toLowerCase())) byLowerName.set(key.toLowerCase(), key)
  return [...byLowerName.values()]
}

function keysOfStatement(statement: ReadonlyMap<string, unknown>, hasVariables: boolean): ContextKeys {
  const keys: string[] = []
  const texts: unknown[] = [...listOf(statement.get('Resource')), ...listOf(statement.get('NotResource'))]
  for (const condition of membersOf(statement.get('Condition')).values()) {
    for (const [key, values] of membersOf(condition)) {
      keys.push(key)
      texts.push(...listOf(values))
    }
  }
  if (hasVariables) for (const text of texts) if (typeof text === 'string') keys.push(...variablesOf(text))
  return distinctKeys(keys)
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[]
  return value === undefined ? [] : [value]
}
