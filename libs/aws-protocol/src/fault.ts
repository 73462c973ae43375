// The error that an operation throws to refuse a call: the only one whose message reaches the caller.

export interface FaultDetails {
  /** The model's name of the fault where it differs from the code on the wire (query: `NoSuchEntityException` is sent as `NoSuchEntity`). */
  readonly shape?: string
  /** The fault's members besides its message, by the model's member names; `undefined` ones are not sent. */
  readonly members?: Readonly<Record<string, unknown>>
  /** The name of the message's member for faults that the model does not have; `message` by default. */
  readonly messageName?: string
  readonly cause?: unknown
}

/**
 * A refusal with a code, an HTTP status and a message meant for the caller. The generated classes of `./<service>` extend it;
 * throw it directly for faults no model lists (`new ServiceFault('AccessDeniedException', 403, '…')`).
 */
export class ServiceFault extends Error {
  /** The fault's code in the query protocol; the other protocols send `shape`. */
  readonly code: string
  readonly shape: string
  readonly status: number
  readonly members: Readonly<Record<string, unknown>>
  readonly messageName: string
  /** True when the caller is to blame (status below 500). */
  readonly senderFault: boolean

  constructor(code: string, status: number, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.shape = details.shape ?? code
    this.name = this.shape
    this.status = status
    this.members = details.members ?? {}
    this.messageName = details.messageName ?? 'message'
    this.senderFault = status < 500
  }
}

/** Input that cannot be read as the model's types at all; `decode` answers it as the service's serialization fault. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}
