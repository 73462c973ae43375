// Roles that API Gateway has taken on: a session for each, kept, renewed before it ends, and made once however many ask.
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import { RoleFault, type NamedRole, type Roles, type RoleSession } from '../ports/roles.ts'
import type { Kind } from '../nouns/records.ts'
import type { Store } from '../ports/store.ts'

/** Makes a session. Undefined: no such role. Rejects with RoleFault for a role that cannot be taken on. */
export type MakeSession = (arn: string) => Promise<RoleSession | undefined>

export interface HeldRolesParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** Sessions of this gateway's own roles. */
  readonly own: MakeSession
  /** Sessions that AWS gives, where the process may ask for them. */
  readonly aws: MakeSession | undefined
  /** `dev`: roles that nobody here knows are let pass, and the process's own credentials serve instead. */
  readonly trustsUnknown: boolean
}

/** A change to any of these may change who trusts whom and what a role may do. */
const watched: ReadonlySet<Kind> = new Set<Kind>(['ManagedPolicy', 'Role'])
/** A stage variable may be part of a role's ARN: beyond this many the memory starts anew. */
const mostRoles = 1_000
/** AWS's SDKs renew this long before the end. */
const renewBeforeMs = 300_000
/** A call that was signed must still arrive in time. */
const arrivalMs = 30_000
/** After a refusal the next attempt waits this long. */
const refusedForMs = 5_000

/**
 * A change to a role, its trust or its policies counts from the next call on: sessions of this gateway's roles are then made
 * anew, also those that would go on for a while. A role that AWS has is asked for again when its session ends.
 */
export function createHeldRoles(parts: HeldRolesParts): Roles & { close(): void } {
  const { store, clock, log, trustsUnknown } = parts
  const own = new HeldSessions(parts.own, clock)
  const aws = parts.aws === undefined ? undefined : new HeldSessions(tellingRefusals(parts.aws, log), clock)
  const told = new Set<string>()
  const elsewhere = ({ arn }: NamedRole): ReturnType<Roles['assume']> => {
    if (!trustsUnknown) {
      if (aws === undefined) throw new RoleFault(arn)
      return aws.get(arn)
    }
    if (!told.has(arn) && told.size < mostRoles) {
      told.add(arn)
      log.info({ role: arn }, 'nobody here knows the role: its calls go with the credentials of the process')
    }
    return undefined
  }
  return {
    assume: (role, audience) => {
      if (audience === 'aws' || !role.isOwn) return elsewhere(role)
      const session = own.get(role.arn)
      if (session instanceof Promise) return session.then((found) => found ?? elsewhere(role))
      return session ?? elsewhere(role)
    },
    close: store.watch((changes) => {
      if (changes.some(({ kind }) => watched.has(kind))) own.clear()
    }),
  }
}

/** Why AWS refuses is for whoever runs the gateway: the execution log only says that it does. */
function tellingRefusals(make: MakeSession, log: HeldRolesParts['log']): MakeSession {
  return async (arn) => {
    try {
      return await make(arn)
    } catch (error) {
      log.warn({ error, role: arn }, 'AWS gave no session of the role')
      throw error
    }
  }
}

interface Held {
  readonly session: RoleSession | undefined
  readonly fault: RoleFault | undefined
  readonly renewAtMs: number
  readonly endsAtMs: number
}

class HeldSessions {
  private readonly make: MakeSession
  private readonly clock: Clock
  private held = new Map<string, Held>()
  private making = new Map<string, Promise<RoleSession | undefined>>()

  constructor(make: MakeSession, clock: Clock) {
    this.make = make
    this.clock = clock
  }

  /** A promise only when a session has to be made. Throws, or rejects with, RoleFault. */
  get(arn: string): RoleSession | undefined | Promise<RoleSession | undefined> {
    const held = this.held.get(arn)
    const nowMs = this.clock.now()
    if (held === undefined || nowMs >= held.endsAtMs) return this.renew(arn)
    // The session at hand serves until the new one is there.
    if (nowMs >= held.renewAtMs) this.renew(arn).catch(() => {})
    if (held.fault !== undefined) throw held.fault
    return held.session
  }

  clear(): void {
    // Sessions that are being made now were asked for before the change: they go to those who wait for them, and are not kept.
    this.held = new Map()
    this.making = new Map()
  }

  private renew(arn: string): Promise<RoleSession | undefined> {
    const { held, making } = this
    const underWay = making.get(arn)
    if (underWay !== undefined) return underWay
    const work = this.settle(arn, held.get(arn))
      .then((settled) => {
        if (held.size >= mostRoles) held.clear()
        held.set(arn, settled)
        if (settled.fault !== undefined) throw settled.fault
        return settled.session
      })
      .finally(() => making.delete(arn))
    making.set(arn, work)
    return work
  }

  private async settle(arn: string, before: Held | undefined): Promise<Held> {
    try {
      const session = await this.make(arn)
      const nowMs = this.clock.now()
      const { expiresAtMs = Number.POSITIVE_INFINITY } = session ?? {}
      // At half its life where that is later: one that lives for less than five minutes must not be renewed at each call.
      const renewAtMs = Math.max(expiresAtMs - renewBeforeMs, (nowMs + expiresAtMs) / 2)
      return { session, fault: undefined, renewAtMs, endsAtMs: expiresAtMs - arrivalMs }
    } catch (error) {
      if (!(error instanceof RoleFault)) throw error
      const againAtMs = this.clock.now() + refusedForMs
      if (before?.session !== undefined && againAtMs < before.endsAtMs) return { ...before, renewAtMs: againAtMs }
      return { session: undefined, fault: error, renewAtMs: againAtMs, endsAtMs: againAtMs }
    }
  }
}
