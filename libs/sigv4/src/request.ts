// The types of what a signature covers, a request as it is on the wire, and of the credentials that sign it.

/** A request exactly as sent or received: nothing decoded, normalised, merged or reordered. */
export interface SignableRequest {
  readonly method: string
  /** The path as on the wire, still percent-encoded, without the query. */
  readonly path: string
  /** The query as on the wire, without the question mark; empty when there is none. */
  readonly query: string
  /** Names and values in turn, in the order of arrival: the form of `rawHeaders` in `node:http`. */
  readonly rawHeaders: readonly string[]
  /**
   * The body, or `UNSIGNED` when it is not at hand. A signer then writes `UNSIGNED-PAYLOAD`;
   * a verifier trusts the hash that the client declared and signed.
   */
  readonly body: Uint8Array | 'UNSIGNED'
}

/** A key pair, with the session token when the key is temporary. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** The scope of a signing key: a day (`YYYYMMDD`), a region and a service. */
export interface CredentialScope {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
}
