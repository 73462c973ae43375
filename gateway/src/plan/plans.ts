// Which plan serves a stage: compiled at the first request after a change, swapped whole, kept when the new one does not compile.
import type { Change, Reader, Store } from '../ports/store.ts'
import type { Scope } from '../nouns/records.ts'
import type { Plan } from './stage-plan.ts'

/** Makes the plan of one stage from what is stored; undefined when there is no such stage or it has no deployment. */
export interface StageCompiler {
  /** Names of the API's stages. */
  readonly stages: (read: Reader, apiId: string) => Promise<readonly string[]>
  /** The API's protocol, which never changes. */
  readonly protocol: (read: Reader, apiId: string) => Promise<Plan['protocol']>
  readonly compile: (
    read: Reader,
    stage: { readonly scope: Scope; readonly apiId: string; readonly stageName: string },
  ) => Promise<Plan | undefined>
}

export type ApiKind = 'RestApi' | 'V2Api'

/** An API as the front finds it by id. */
export interface PlannedApi {
  readonly kind: ApiKind
  readonly protocol: Plan['protocol']
  readonly scope: Scope
  readonly apiId: string
  /** The names of its stages. */
  readonly stageNames: ReadonlySet<string>
  /** The stage's plan; a promise only when it has to be compiled first. */
  readonly stage: (stageName: string) => Plan | undefined | Promise<Plan | undefined>
}

/** Kinds whose change concerns one stage: the second key part names it. */
const stageKinds = new Set<string>(['Stage', 'V2Stage', 'CacheFlush'])
/** Kinds whose change concerns a whole API: the first key part names it. */
const apiKinds = new Set<string>(['RestApi', 'V2Api'])

/** Claims are of no account and region. */
const anyScope: Scope = { account: '', region: '' }

export class Plans {
  private readonly store: Store
  private readonly compilers: Readonly<Record<ApiKind, StageCompiler>>
  private readonly failed: (error: unknown, apiId: string, stageName: string) => void
  private readonly apis = new Map<string, Api>()
  private readonly loading = new Map<string, Promise<PlannedApi | undefined>>()
  private readonly stopWatching: () => void

  /** `failed` is told of a plan that did not compile; the old one, if there is one, goes on serving. */
  constructor(
    store: Store,
    compilers: Readonly<Record<ApiKind, StageCompiler>>,
    failed: (error: unknown, apiId: string, stageName: string) => void,
  ) {
    this.store = store
    this.compilers = compilers
    this.failed = failed
    this.stopWatching = store.watch((changes) => this.touch(changes))
  }

  /** The API of an id: at once when it is known, else when it has been looked up. */
  api(apiId: string): PlannedApi | undefined | Promise<PlannedApi | undefined> {
    const known = this.apis.get(apiId)
    if (known?.fresh) return known
    let loading = this.loading.get(apiId)
    if (loading === undefined) {
      loading = this.load(apiId).finally(() => this.loading.delete(apiId))
      this.loading.set(apiId, loading)
    }
    return loading
  }

  close(): void {
    this.stopWatching()
  }

  private async load(apiId: string): Promise<PlannedApi | undefined> {
    const claim = await this.store.read(anyScope).claimed('api', apiId)
    if (claim === undefined) {
      this.apis.delete(apiId)
      return undefined
    }
    const { account, region, kind } = JSON.parse(claim) as Scope & { readonly kind: ApiKind }
    const scope = { account, region }
    const compiler = this.compilers[kind]
    const read = this.store.read(scope)
    const api =
      this.apis.get(apiId) ??
      new Api({
        apiId,
        kind,
        protocol: await compiler.protocol(read, apiId),
        scope,
        compiler,
        read,
        failed: this.failed,
      })
    this.apis.set(apiId, api)
    await api.refresh()
    return api
  }

  private touch(changes: readonly Change[]): void {
    for (const { kind, key } of changes) {
      const [apiId = '', stageName = ''] = key
      const api = this.apis.get(apiId)
      if (stageKinds.has(kind)) api?.touch(stageName)
      else if (apiKinds.has(kind) && api !== undefined) {
        api.touchAll()
        void this.forgetDeleted(api)
      }
      // A lookup under way may have read what was before this change.
      if (stageKinds.has(kind) || apiKinds.has(kind)) this.loading.delete(apiId)
    }
  }

  /** Nobody asks for a deleted API again, so its plans would stay for ever. */
  private async forgetDeleted(api: Api): Promise<void> {
    try {
      const claim = await this.store.read(anyScope).claimed('api', api.apiId)
      // Whoever asked for it meanwhile has read it anew.
      if (claim === undefined && !api.fresh) this.apis.delete(api.apiId)
    } catch {
      // The next request asks again.
    }
  }
}

interface ApiParts {
  readonly apiId: string
  readonly kind: ApiKind
  readonly protocol: Plan['protocol']
  readonly scope: Scope
  readonly compiler: StageCompiler
  readonly read: Reader
  readonly failed: (error: unknown, apiId: string, stageName: string) => void
}

interface Slot {
  plan: Plan | undefined
  /** Counts changes; a compilation that began before the last change does not count as current. */
  wanted: number
  current: number
  compiling: Promise<Plan | undefined> | undefined
}

class Api implements PlannedApi {
  readonly kind: ApiKind
  readonly protocol: Plan['protocol']
  readonly scope: Scope
  readonly apiId: string
  fresh = false
  private names: ReadonlySet<string> = new Set()
  private readonly parts: ApiParts
  private readonly slots = new Map<string, Slot>()

  constructor(parts: ApiParts) {
    this.parts = parts
    this.kind = parts.kind
    this.protocol = parts.protocol
    this.scope = parts.scope
    this.apiId = parts.apiId
  }

  get stageNames(): ReadonlySet<string> {
    return this.names
  }

  async refresh(): Promise<void> {
    this.fresh = true
    this.names = new Set(await this.parts.compiler.stages(this.parts.read, this.apiId))
    for (const name of this.slots.keys()) if (!this.names.has(name)) this.slots.delete(name)
  }

  touch(stageName: string): void {
    this.fresh = false
    const slot = this.slots.get(stageName)
    if (slot !== undefined) slot.wanted++
  }

  touchAll(): void {
    this.fresh = false
    for (const slot of this.slots.values()) slot.wanted++
  }

  stage(stageName: string): Plan | undefined | Promise<Plan | undefined> {
    const known = this.slots.get(stageName)
    if (known !== undefined && known.current === known.wanted) return known.plan
    if (!this.names.has(stageName)) return undefined
    const slot = known ?? { plan: undefined, wanted: 1, current: 0, compiling: undefined }
    this.slots.set(stageName, slot)
    return (slot.compiling ??= this.compile(stageName, slot).finally(() => (slot.compiling = undefined)))
  }

  private async compile(stageName: string, slot: Slot): Promise<Plan | undefined> {
    const { compiler, read, failed } = this.parts
    while (slot.current !== slot.wanted) {
      const target = slot.wanted
      try {
        slot.plan = await compiler.compile(read, { scope: this.scope, apiId: this.apiId, stageName })
      } catch (error) {
        failed(error, this.apiId, stageName)
      }
      slot.current = target
    }
    return slot.plan
  }
}
