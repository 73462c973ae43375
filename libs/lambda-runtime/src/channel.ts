// The interface between a sandbox and its process, which two transports implement.

/** One event on its way to a function's process. */
export interface InvokeRequest {
  readonly requestId: string
  /** JSON, as bytes or as text. */
  readonly payload: Uint8Array | string
  readonly invokedFunctionArn: string
  readonly traceHeader: string | undefined
  readonly clientContext: string | undefined
  readonly cognitoIdentity: string | undefined
}

/** Receives what a process reports. Payloads and documents belong to the listener; chunks are lent for the call. */
export interface ChannelListener {
  /** The handler is loaded, and the process can take its first event. */
  ready(): void
  responded(payload: Uint8Array): void
  /** The answer was over the limit and has been dropped. */
  respondedTooLarge(): void
  /** The handler failed; the process stays fit for the next event. */
  failed(document: Uint8Array): void
  /** The process cannot go on: it failed to load its handler, or an error escaped. */
  died(document: Uint8Array): void
  streamOpened(contentType: string): void
  streamed(chunk: Uint8Array): void
  streamEnded(failure?: Uint8Array): void
  logged(message: string, bytes: number): void
  /** The process hung up, or breaks the protocol. */
  broken(): void
}

/** The runtime's end of the connection to one process. */
export interface Channel {
  /** Hands over an event that must be answered by `deadlineMs` (epoch milliseconds). */
  send(request: InvokeRequest, deadlineMs: number): void
  /** Stops reading, so that a process that writes too much has to wait. */
  pause(): void
  resume(): void
  close(): void
}
