// The connections port: which node holds a WebSocket connection, and reaching it there. A socket stays with its node; a push is one hop.

/** Which connection is meant, and by whom. */
export interface ConnectionAddress {
  readonly connectionId: string
  /** The account that asks: connections of others are not there. */
  readonly account: string
  /** The stage through whose URL it was asked for; undefined where the URL named none. */
  readonly stage: { readonly apiId: string; readonly stageName: string } | undefined
}

/** GetConnection's answer. Times are epoch milliseconds. */
export interface ConnectionInfo {
  readonly connectedAtMs: number
  readonly lastActiveAtMs: number
  readonly sourceIp: string
  /** Empty when the client sent none. */
  readonly userAgent: string
}

/** `gone`: no such connection there (any more). `full`: its client does not read what was sent before. */
export type Pushed = 'sent' | 'gone' | 'full'

/** What a node does with the connections that it holds. Answers at once: nothing waits for a client. */
export interface ConnectionHolder {
  /** Queues one text message on the socket. */
  push(address: ConnectionAddress, data: Uint8Array): Pushed
  info(address: ConnectionAddress): ConnectionInfo | undefined
  /** Closes it as DeleteConnection does; false when it is not there. */
  close(address: ConnectionAddress): boolean
}

/** A node's part in the registry. */
export interface Membership {
  /** From now on every node finds this connection here. */
  register(connectionId: string): void
  /** From now on nobody does. */
  forget(connectionId: string): void
  /** Forgets all that this node holds. */
  leave(): void
}

export interface Connections {
  join(holder: ConnectionHolder): Membership
  /** These go to the node that holds the connection. They reject only when that node cannot be reached. */
  push(address: ConnectionAddress, data: Uint8Array): Promise<Pushed>
  info(address: ConnectionAddress): Promise<ConnectionInfo | undefined>
  close(address: ConnectionAddress): Promise<boolean>
}
