// The upstream port: HTTP calls to integration backends; keep-alive pools, time-outs and bounds are the adapter's work.
import type { HeaderList } from '../nouns/headers.ts'

export interface UpstreamRequest {
  readonly method: string
  /** Path and query, percent-encoded. */
  readonly target: string
  /** With `host`; without `connection`, `transfer-encoding` or `content-length`. */
  readonly headers: HeaderList
  /** Undefined says nothing of a body; an empty one says that there is none. */
  readonly body: Uint8Array | string | undefined
  /** Until the whole answer is there (buffered), or its headers are (streamed). */
  readonly timeoutMs: number
}

export interface UpstreamAnswer {
  readonly status: number
  readonly headers: string[]
  /** The chunks as they came. */
  readonly body: readonly Uint8Array[]
}

export interface StreamedUpstreamAnswer {
  readonly status: number
  readonly headers: string[]
  /** Ends with an error when the backend breaks off. Stops reading from the backend when its reader does. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface UpstreamOptions {
  /** TLS: accept any certificate authority (`tlsConfig.insecureSkipVerification`); validity and name still count. */
  readonly insecureTls?: boolean | undefined
  /** TLS: the name to verify and send (`tlsConfig.serverNameToVerify`). */
  readonly serverName?: string | undefined
  /** PEM certificate and key to present (a stage's client certificate). */
  readonly clientCertificate?: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined
}

/** One backend: scheme, host, port. */
export interface Backend {
  /** Throws UpstreamFault. The answer is bounded by the payload limit. */
  request(request: UpstreamRequest): Promise<UpstreamAnswer>
  stream(request: UpstreamRequest): Promise<StreamedUpstreamAnswer>
}

/**
 * `refused`: no connection. `certificate`: the backend's is not accepted. `broken`: no valid HTTP answer came.
 * `too-large`: the answer exceeds the payload limit.
 */
export type UpstreamFaultReason = 'timeout' | 'refused' | 'certificate' | 'broken' | 'too-large'

export class UpstreamFault extends Error {
  readonly reason: UpstreamFaultReason
  /** What is wrong, in the words that AWS's logs have for it; undefined where they are not known. */
  readonly logged: string | undefined

  constructor(reason: UpstreamFaultReason, message: string, cause?: unknown, logged?: string) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'UpstreamFault'
    this.reason = reason
    this.logged = logged
  }
}

export interface Upstream {
  /** The backend of an origin (`http://host:port`). Cheap to call again for the same origin and options. */
  to(origin: string, options?: UpstreamOptions): Backend
}
