// Which custom domain name a host is: all of them compiled in memory, each anew when the change feed tells of it.
import type { DomainNameRecord, Scope } from '../nouns/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { compileDomain, type CustomDomain } from './custom-domain.ts'

interface Stale {
  readonly scope: Scope
  /** `name`, or `name+id` of a private one. */
  readonly name: string
}

const associationArn = /:\/domainnameaccessassociations\/domainname\/([^/]+)\//

/** The domain that a record belongs to; undefined for records of other things. */
function domainOf({ kind, key }: Change): string | undefined {
  const [first = ''] = key
  if (kind === 'DomainName') return key.join('+')
  if (kind === 'DomainNameAccessAssociation') return associationArn.exec(first)?.[1]
  return kind === 'BasePathMapping' || kind === 'V2RoutingRule' ? first : undefined
}

/** Where a private name is found: nobody else has it at that endpoint. */
function placeOf(vpceId: string, host: string): string {
  return `${vpceId} ${host}`
}

export class Domains {
  private readonly store: Store
  private readonly failed: (error: unknown, domainName: string) => void
  /** Public ones. */
  private readonly byName = new Map<string, CustomDomain>()
  /** Private ones, by `name+id`. */
  private readonly byId = new Map<string, CustomDomain>()
  /** Private ones, by where they are found. */
  private readonly byPlace = new Map<string, CustomDomain>()
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
   * label. With an endpoint, the private one that is associated with it. A promise only while something is being read.
   * REST 13.4.
   */
  find(host: string, vpceId?: string): CustomDomain | undefined | Promise<CustomDomain | undefined> {
    if (!this.isStarted) this.start()
    if (this.reading === undefined) return this.known(host, vpceId)
    return this.reading.then(() => (this.reading === undefined ? this.known(host, vpceId) : this.find(host, vpceId)))
  }

  /** Whether it is known that there is no domain at all: then no host name has to be looked at. */
  get isEmpty(): boolean {
    return this.isStarted && this.reading === undefined && this.byName.size === 0
  }

  private known(host: string, vpceId: string | undefined): CustomDomain | undefined {
    if (vpceId !== undefined) return this.byPlace.get(placeOf(vpceId, host))
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
      // Changes that came while the last read was under way.
      if (this.stale.size > 0) this.whileReading(this.readStale())
    })
  }

  private touch(changes: readonly Change[]): void {
    if (!this.isStarted) return
    for (const change of changes) {
      const { scope } = change
      const name = domainOf(change)
      if (name !== undefined) this.stale.set(`${scope.account} ${scope.region} ${name}`, { scope, name })
    }
    if (this.stale.size > 0 && this.reading === undefined) this.whileReading(this.readStale())
  }

  private async readAll(): Promise<void> {
    for (const scope of await this.store.scopes()) {
      for (const { key } of await this.store.read(scope).list('DomainName', [])) {
        await this.read({ scope, name: key.join('+') })
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
      const [, id] = name.split('+')
      const record: DomainNameRecord | undefined = await reader.get('DomainName', name.split('+'))
      if (record === undefined) {
        this.forget(scope, name)
        return
      }
      const mappings = await reader.list('BasePathMapping', [name])
      const rules = await reader.list('V2RoutingRule', [name])
      const associations = id === undefined ? undefined : await reader.list('DomainNameAccessAssociation', [])
      const domain = compileDomain({
        scope,
        record,
        mappings: mappings.map((entry) => entry.record),
        rules: rules.map((entry) => entry.record),
        associations: associations
          ?.map((entry) => entry.record)
          .filter(({ domainNameArn }) => domainNameArn === record.domainNameArn),
      })
      if (id === undefined) this.byName.set(name, domain)
      else this.keepPrivate(name, domain)
    } catch (error) {
      this.failed(error, name)
    }
  }

  private keepPrivate(name: string, domain: CustomDomain): void {
    this.forgetPrivate(name)
    this.byId.set(name, domain)
    const { domainName = '' } = domain.record
    for (const vpceId of domain.privately?.vpceIds ?? []) this.byPlace.set(placeOf(vpceId, domainName), domain)
  }

  private forgetPrivate(name: string): void {
    const known = this.byId.get(name)
    this.byId.delete(name)
    for (const vpceId of known?.privately?.vpceIds ?? []) {
      const place = placeOf(vpceId, known?.record.domainName ?? '')
      if (this.byPlace.get(place) === known) this.byPlace.delete(place)
    }
  }

  /** Only if the name is still this account's: another may have taken it since. */
  private forget({ account, region }: Scope, name: string): void {
    if (name.includes('+')) this.forgetPrivate(name)
    const known = this.byName.get(name)
    if (known?.scope.account === account && known.scope.region === region) this.byName.delete(name)
  }
}
