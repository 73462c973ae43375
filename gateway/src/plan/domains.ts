// Which custom domain name a host is: all of them compiled in memory, each anew when the change feed tells of it.
import type { DomainNameRecord, Scope } from '../nouns/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { compileDomain, type CustomDomain } from './custom-domain.ts'

/** Kinds whose first key part names a domain. */
const domainKinds = new Set<string>(['DomainName', 'BasePathMapping', 'V2RoutingRule'])

interface Stale {
  readonly scope: Scope
  readonly name: string
}

export class Domains {
  private readonly store: Store
  private readonly failed: (error: unknown, domainName: string) => void
  private readonly byName = new Map<string, CustomDomain>()
  private readonly stale = new Map<string, Stale>()
  /** Undefined while all that is known is current. */
  private reading: Promise<void> | undefined
  private isStarted = false
  private readonly stopWatching: () => void

  /** `failed` is told of a domain that could not be read; what was known of it goes on serving. */
  constructor(store: Store, failed: (error: unknown, domainName: string) => void) {
    this.store = store
    this.failed = failed
    this.stopWatching = store.watch((changes) => this.touch(changes))
  }

  /**
   * The domain of a host name, which is in lower case and has no port: the exact one before `*.{rest}`, which stands for one
   * label. A promise only while something is being read. rest specification 13.4.
   */
  find(host: string): CustomDomain | undefined | Promise<CustomDomain | undefined> {
    if (!this.isStarted) this.start()
    if (this.reading === undefined) return this.known(host)
    return this.reading.then(() => (this.reading === undefined ? this.known(host) : this.find(host)))
  }

  private known(host: string): CustomDomain | undefined {
    if (this.byName.size === 0) return undefined
    return this.byName.get(host) ?? this.byName.get(`*${host.slice(Math.max(0, host.indexOf('.')))}`)
  }

  close(): void {
    this.stopWatching()
  }

  /** Reads all domains the first time; tries again at the next request when it cannot. */
  private start(): void {
    this.isStarted = true
    this.whileReading(
      this.readAll().catch((error: unknown) => {
        this.isStarted = false
        this.failed(error, '*')
      }),
    )
  }

  private whileReading(reading: Promise<void>): void {
    this.reading = reading.finally(() => {
      this.reading = undefined
      // Told of while the last read came back.
      if (this.stale.size > 0) this.whileReading(this.readStale())
    })
  }

  private touch(changes: readonly Change[]): void {
    if (!this.isStarted) return
    for (const { kind, scope, key } of changes) {
      const [name = '', id] = key
      // A private name has an id beside it, and is on no public listener.
      const isPrivate = kind === 'DomainName' ? id !== undefined : name.includes('+')
      if (domainKinds.has(kind) && !isPrivate)
        this.stale.set(`${scope.account} ${scope.region} ${name}`, { scope, name })
    }
    if (this.stale.size > 0 && this.reading === undefined) this.whileReading(this.readStale())
  }

  private async readAll(): Promise<void> {
    for (const scope of await this.store.scopes()) {
      for (const { key } of await this.store.read(scope).list('DomainName', [])) {
        if (key.length === 1) await this.read({ scope, name: key[0] ?? '' })
      }
    }
  }

  private async readStale(): Promise<void> {
    while (this.stale.size > 0) {
      const names = [...this.stale.values()]
      this.stale.clear()
      for (const stale of names) await this.read(stale)
    }
  }

  private async read({ scope, name }: Stale): Promise<void> {
    try {
      const reader = this.store.read(scope)
      const record: DomainNameRecord | undefined = await reader.get('DomainName', [name])
      if (record === undefined) {
        this.forget(scope, name)
        return
      }
      const mappings = await reader.list('BasePathMapping', [name])
      const rules = await reader.list('V2RoutingRule', [name])
      this.byName.set(
        name,
        compileDomain({
          scope,
          record,
          mappings: mappings.map((entry) => entry.record),
          rules: rules.map((entry) => entry.record),
        }),
      )
    } catch (error) {
      this.failed(error, name)
    }
  }

  /** Somebody else may have taken the name since. */
  private forget({ account, region }: Scope, name: string): void {
    const known = this.byName.get(name)
    if (known?.scope.account === account && known.scope.region === region) this.byName.delete(name)
  }
}
