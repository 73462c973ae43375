// The blobs port: bytes by their SHA-256 (Lambda code, deployment snapshots too large for a record).

export interface Blobs {
  /** Keeps the bytes durably and returns their SHA-256 as lower-case hex. */
  put(bytes: Uint8Array): Promise<string>
  get(sha256: string): Promise<Uint8Array | undefined>
  delete(sha256: string): Promise<void>
}
