// From a function's ARN to the versions that answer for it: read once, kept until one of its records changes.
import { functionArn, parseFunctionArn, type FunctionArn } from '../nouns/function-arn.ts'
import type { EventInvokeRecord, FunctionRecord } from '../nouns/function-records.ts'
import type { Scope } from '../nouns/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { compilePermission, type Permission } from './function-permission.ts'

/** One version of a function. The same object as long as its record says the same. */
export interface FunctionTarget {
  /** Its ARN with the version. */
  readonly key: string
  readonly scope: Scope
  readonly name: string
  readonly version: string
  readonly record: FunctionRecord
}

/** What an ARN stands for. */
export interface FoundFunction {
  readonly primary: FunctionTarget
  /** An alias's further versions, with the share (0–1) of calls that each gets. */
  readonly shares: readonly { readonly target: FunctionTarget; readonly weight: number }[]
  readonly permission: Permission
  /** The function's ARN: all its versions and aliases share what is reserved for it. */
  readonly functionId: string
  /** How many of its invocations may run at once; undefined for no such limit. */
  readonly reservedConcurrency: number | undefined
  /** How asynchronous invocations are retried, where that was said. */
  readonly eventInvoke: EventInvokeRecord | undefined
}

interface Known {
  readonly functionId: string
  readonly found: FoundFunction | undefined
}

/** ARNs come from callers too: beyond this many the memory starts anew. */
const mostKnown = 10_000

const watchedKinds: ReadonlySet<string> = new Set([
  'Function',
  'FunctionAlias',
  'FunctionEventInvoke',
  'FunctionPolicy',
])

export class FunctionLookup {
  private readonly store: Store
  private readonly removed: (key: string) => void
  private readonly known = new Map<string, Known>()
  private readonly targets = new Map<string, FunctionTarget>()
  private readonly unwatch: () => void
  /** Counts changes, so that what was read before one is not kept after it. */
  private changes = 0

  /** `removed` is told the key of each version that was deleted. */
  constructor(store: Store, removed: (key: string) => void) {
    this.store = store
    this.removed = removed
    this.unwatch = store.watch((changes) => {
      for (const change of changes) if (watchedKinds.has(change.kind)) this.forget(change)
    })
  }

  /** What the ARN stands for; undefined when there is no such function, version or alias here. Not a promise when it is known. */
  find(arn: string): FoundFunction | undefined | Promise<FoundFunction | undefined> {
    const known = this.known.get(arn)
    return known === undefined ? this.read(arn) : known.found
  }

  close(): void {
    this.unwatch()
  }

  private async read(arn: string): Promise<FoundFunction | undefined> {
    const parsed = parseFunctionArn(arn)
    if (parsed === undefined) return undefined
    const { changes } = this
    const found = await this.resolve(parsed)
    if (changes === this.changes) {
      if (this.known.size >= mostKnown) this.known.clear()
      this.known.set(arn, { functionId: functionArn(parsed.scope, parsed.name), found })
    }
    return found
  }

  private async resolve({ scope, name, qualifier = '$LATEST' }: FunctionArn): Promise<FoundFunction | undefined> {
    const reader = this.store.read(scope)
    const isVersion = qualifier === '$LATEST' || /^\d+$/.test(qualifier)
    const alias = isVersion ? undefined : await reader.get('FunctionAlias', [name, qualifier])
    const version = isVersion ? qualifier : alias?.functionVersion
    const primary = version === undefined ? undefined : await this.target(scope, name, version)
    if (primary === undefined) return undefined
    const shares: { target: FunctionTarget; weight: number }[] = []
    for (const [other, weight] of Object.entries(alias?.additionalVersionWeights ?? {})) {
      const target = await this.target(scope, name, other)
      if (target !== undefined) shares.push({ target, weight })
    }
    const policy = await reader.get('FunctionPolicy', [name, qualifier])
    const latest = await reader.get('Function', [name, '$LATEST'])
    return {
      primary,
      shares,
      permission: compilePermission(scope, policy),
      functionId: functionArn(scope, name),
      reservedConcurrency: latest?.reservedConcurrency,
      eventInvoke: await reader.get('FunctionEventInvoke', [name, qualifier]),
    }
  }

  private async target(scope: Scope, name: string, version: string): Promise<FunctionTarget | undefined> {
    const record = await this.store.read(scope).get('Function', [name, version])
    if (record === undefined) return undefined
    const key = functionArn(scope, name, version)
    const existing = this.targets.get(key)
    if (existing !== undefined && behaviour(existing.record) === behaviour(record)) return existing
    const target = { key, scope, name, version, record }
    this.targets.set(key, target)
    return target
  }

  private forget({ scope, kind, key }: Change): void {
    this.changes++
    const [name = '', version = ''] = key
    const functionId = functionArn(scope, name)
    for (const [arn, known] of this.known) if (known.functionId === functionId) this.known.delete(arn)
    if (kind === 'Function') void this.forgetDeleted(scope, name, version)
  }

  /** A change does not say whether it was a deletion: the record does. */
  private async forgetDeleted(scope: Scope, name: string, version: string): Promise<void> {
    const key = functionArn(scope, name, version)
    if (!this.targets.has(key)) return
    const record = await this.store.read(scope).get('Function', [name, version])
    if (record !== undefined) return
    this.targets.delete(key)
    this.removed(key)
  }
}

/** What a record says of running the function: a new revision alone, a tag or a reservation, needs no new process. */
function behaviour({ configuration, code }: FunctionRecord): string {
  const { RevisionId: _revision, LastModified: _date, Description: _description, ...rest } = configuration
  return JSON.stringify({ ...rest, code })
}

/** The version that answers one call: an alias's further versions by their shares, else its own. */
export function pickTarget({ primary, shares }: FoundFunction, random: () => number = Math.random): FunctionTarget {
  if (shares.length === 0) return primary
  let point = random()
  for (const { target, weight } of shares) {
    point -= weight
    if (point < 0) return target
  }
  return primary
}
