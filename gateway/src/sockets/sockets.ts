// A node's WebSocket connections: opening, events to the stage's plan, pushes from other nodes, and the end of all of them.
import type { Answer } from '../nouns/exchange.ts'
import type { Scope } from '../nouns/records.ts'
import { socketId } from '../nouns/socket-id.ts'
import type { ConnectionEnd, ConnectionFacts, Handshake, SocketReceived } from '../nouns/socket.ts'
import type { Plans } from '../plan/plans.ts'
import type { SocketPlan } from '../plan/stage-plan.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  ConnectionAddress,
  ConnectionHolder,
  ConnectionInfo,
  Connections,
  Membership,
  Pushed,
} from '../ports/connections.ts'
import type { Change, Store } from '../ports/store.ts'
import { Connection, type ConnectionHost, type ConnectionIdentity, type ConnectionPlace } from './connection.ts'
import { FrameMeter } from './frame-meter.ts'
import { createAccept, handshakeProblem, type Accept, type Upgrade } from './handshake.ts'
import { awsSocketLimits, closings, type SocketLimits } from './limits.ts'

export interface SocketsParts {
  readonly plans: Plans
  /** Told when APIs and stages go, whose connections then go too. */
  readonly store: Store
  readonly connections: Connections
  readonly clock: Clock
  readonly limits?: Partial<SocketLimits> | undefined
  /** Told of an error that is our own fault. */
  readonly bug: (error: unknown, requestId: string) => void
  /** Told of each message that a backend pushed; undefined: nobody counts them. */
  readonly pushed?: ((place: Connection['place']) => void) | undefined
}

/** A request to open a connection on a stage. */
export interface Opening {
  readonly plan: SocketPlan
  readonly scope: Scope
  readonly apiId: string
  readonly stageName: string
  readonly domainName: string
  readonly sourceIp: string
  readonly userAgent: string | undefined
  readonly handshake: Handshake
}

/** What a node has done so far. */
export interface SocketCounts {
  /** Open now. */
  readonly open: number
  /** Opened since the start. */
  readonly opened: number
  /** Upgrades that `$connect` refused. */
  readonly refused: number
  /** Closed because the client did not read. */
  readonly notReading: number
}

export class Sockets implements ConnectionHolder {
  readonly limits: SocketLimits
  private readonly parts: SocketsParts
  private readonly membership: Membership
  private readonly connections = new Map<string, Connection>()
  private readonly host: ConnectionHost
  private readonly unwatch: () => void
  private accept: Promise<Accept> | undefined
  private isClosing = false
  /** Connections whose messages or whose end are still to be handled. */
  private unfinished = 0
  /** Openings and ends under way: a node that stops waits for them. */
  private readonly underWay = new Set<Promise<unknown>>()
  private opened = 0
  private refused = 0
  private notReading = 0

  constructor(parts: SocketsParts) {
    this.parts = parts
    this.limits = { ...awsSocketLimits, ...parts.limits }
    this.membership = parts.connections.join(this)
    this.host = {
      limits: this.limits,
      clock: parts.clock,
      message: (connection, text) => this.message(connection, text),
      closed: ({ facts: { connectionId } }) => {
        this.connections.delete(connectionId)
        this.membership.forget(connectionId)
      },
      finished: ({ facts, place, identity }, end) => {
        this.unfinished--
        this.disconnect(place, { facts, identity, end })
      },
      overflowed: () => void this.notReading++,
    }
    this.unwatch = parts.store.watch((changes) => this.look(changes))
  }

  /**
   * Decides about an upgrade. Resolves with the answer that refuses it; with undefined when the socket is taken: it is a
   * connection now, or its client has gone.
   */
  async upgrade(opening: Opening, upgrade: Upgrade): Promise<Answer | undefined> {
    if (this.isClosing) return plain(503, 'Service Unavailable')
    const problem = handshakeProblem(upgrade)
    if (problem !== undefined) return badHandshake(problem)
    const opens = this.open(opening, upgrade)
    return this.wait(opens)
  }

  counts(): SocketCounts {
    const { opened, refused, notReading } = this
    return { open: this.connections.size, opened, refused, notReading }
  }

  push(address: ConnectionAddress, data: Uint8Array): Pushed {
    const connection = this.find(address)
    const pushed = connection?.push(data) ?? 'gone'
    if (connection !== undefined && pushed === 'sent') this.parts.pushed?.(connection.place)
    return pushed
  }

  info(address: ConnectionAddress): ConnectionInfo | undefined {
    const connection = this.find(address)
    if (connection === undefined) return undefined
    const { connectedAtMs, sourceIp, userAgent = '' } = connection.facts
    return { connectedAtMs, lastActiveAtMs: connection.lastActiveAtMs, sourceIp, userAgent }
  }

  close(address: ConnectionAddress): boolean {
    const connection = this.find(address)
    connection?.shut(closings.deleted)
    return connection !== undefined
  }

  /** Closes every connection with 1001 and waits until `$disconnect` was told, at most `graceMs` of real time. */
  async stop(graceMs: number): Promise<void> {
    this.isClosing = true
    const givenUp = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref())
    const ended = async (): Promise<void> => {
      while (this.unfinished > 0 || this.underWay.size > 0) {
        for (const connection of this.connections.values()) connection.shut(closings.goingAway)
        await Promise.race([...this.underWay, new Promise((resolve) => setTimeout(resolve, 5))])
      }
    }
    if (this.unfinished > 0 || this.underWay.size > 0) await Promise.race([ended(), givenUp])
    for (const connection of this.connections.values()) connection.cut()
    this.unwatch()
    this.membership.leave()
  }

  /** A connection is there for its own account, and through URLs of its own stage only. Open choice. */
  private find({ connectionId, account, stage }: ConnectionAddress): Connection | undefined {
    const connection = this.connections.get(connectionId)
    if (connection === undefined || connection.place.scope.account !== account) return undefined
    const isElsewhere =
      stage !== undefined && (stage.apiId !== connection.place.apiId || stage.stageName !== connection.place.stageName)
    return isElsewhere ? undefined : connection
  }

  private async open(opening: Opening, upgrade: Upgrade): Promise<Answer | undefined> {
    const { clock } = this.parts
    const { plan, scope, apiId, stageName, domainName, sourceIp, userAgent, handshake } = opening
    const facts = { connectionId: socketId(), connectedAtMs: clock.now(), sourceIp, userAgent, domainName }
    const event = this.event('CONNECT', facts, nobody)
    event.handshake = handshake
    const admission = await plan.connect(event)
    if (!admission.accepted) {
      this.refused++
      const { status, headers, body } = admission
      return { status, headers: [...headers], body }
    }
    const { subprotocol, caller, connectionKey } = admission
    const identity = { caller, connectionKey }
    const place = { scope, apiId, stageName }
    const accept = await (this.accept ??= createAccept(this.limits))
    let connection: Connection | undefined
    const meter = new FrameMeter(this.limits.frameBytes, () => connection?.shut(closings.tooBig))
    const { socket } = upgrade
    // Before the library listens, so that a frame is weighed before it is read.
    if (!socket.destroyed) {
      socket.on('data', (chunk: Buffer) => {
        connection?.came(chunk.length)
        meter.measure(chunk)
      })
    }
    const webSocket = socket.destroyed ? undefined : accept({ ...upgrade, subprotocol })
    if (webSocket === undefined) {
      this.disconnect(place, { facts, identity, end: closings.abnormal })
      return undefined
    }
    connection = new Connection(this.host, webSocket, { facts, place, identity })
    this.opened++
    this.unfinished++
    this.connections.set(facts.connectionId, connection)
    this.membership.register(facts.connectionId)
    return undefined
  }

  private async message({ facts, place, identity }: Connection, body: string): Promise<string | undefined> {
    const event = this.event('MESSAGE', facts, identity)
    event.body = body
    event.messageId = socketId()
    try {
      const found = this.planOf(place)
      const plan = found instanceof Promise ? await found : found
      return await plan?.message(event)
    } catch (error) {
      this.parts.bug(error, event.requestId)
      return undefined
    }
  }

  private disconnect(
    place: ConnectionPlace,
    { facts, identity, end }: { facts: ConnectionFacts; identity: ConnectionIdentity; end: ConnectionEnd },
  ): void {
    const event = this.event('DISCONNECT', facts, identity)
    event.end = end
    const tell = async (): Promise<void> => {
      try {
        const plan = await this.planOf(place)
        await plan?.disconnect(event)
      } catch (error) {
        this.parts.bug(error, event.requestId)
      }
    }
    void this.wait(tell())
  }

  private event(
    eventType: SocketReceived['eventType'],
    connection: ConnectionFacts,
    { caller, connectionKey }: ConnectionIdentity,
  ): Draft {
    return {
      eventType,
      requestId: socketId(),
      receivedAtMs: this.parts.clock.now(),
      connection,
      caller,
      connectionKey,
      body: '',
      messageId: undefined,
      handshake: undefined,
      end: undefined,
      listener: undefined,
    }
  }

  /** The plan that the stage has now: a new deployment serves old connections too. Open choice. */
  private planOf({ apiId, stageName }: ConnectionPlace): SocketPlan | undefined | Promise<SocketPlan | undefined> {
    const api = this.parts.plans.api(apiId)
    if (api instanceof Promise) return api.then(async (found) => socketPlan(await found?.stage(stageName)))
    const plan = api?.stage(stageName)
    return plan instanceof Promise ? plan.then(socketPlan) : socketPlan(plan)
  }

  private async wait<Result>(event: Promise<Result>): Promise<Result> {
    this.underWay.add(event)
    try {
      return await event
    } finally {
      this.underWay.delete(event)
    }
  }

  /** Connections of an API or stage that is deleted are closed; there is nobody left to tell. WebSocket 31.2. */
  private look(changes: readonly Change[]): void {
    const apiIds = new Set(
      changes.filter(({ kind }) => kind === 'V2Api' || kind === 'V2Stage').map(({ key }) => key[0]),
    )
    if (apiIds.size === 0 || this.connections.size === 0) return
    this.closeOrphans(apiIds).catch((error: unknown) => this.parts.bug(error, ''))
  }

  private async closeOrphans(apiIds: ReadonlySet<string | undefined>): Promise<void> {
    for (const connection of this.connections.values()) {
      const { apiId, stageName } = connection.place
      if (!apiIds.has(apiId)) continue
      const api = await this.parts.plans.api(apiId)
      if (api === undefined || !api.stageNames.has(stageName)) connection.shut(closings.goingAway)
    }
  }
}

/** An event before it is told: what its kind brings is filled in. */
type Draft = { -readonly [Member in keyof SocketReceived]: SocketReceived[Member] }

const nobody: ConnectionIdentity = { caller: undefined, connectionKey: undefined }

function socketPlan(plan: { readonly protocol: string } | undefined): SocketPlan | undefined {
  return plan?.protocol === 'WEBSOCKET' ? (plan as SocketPlan) : undefined
}

/** Says the version too, as RFC 6455, 4.4 asks for. */
function badHandshake(problem: string): Answer {
  const answer = plain(400, problem)
  answer.headers.push('Sec-WebSocket-Version', '13')
  return answer
}

function plain(status: number, message: string): Answer {
  return { status, headers: ['Content-Type', 'application/json'], body: JSON.stringify({ message }) }
}
