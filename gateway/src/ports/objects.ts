// The objects port: what `s3://bucket/key` names.

export interface Objects {
  /** The object's bytes; undefined when there is none, or nowhere to look. Rejects when it cannot be read. */
  read(bucket: string, key: string): Promise<Uint8Array | undefined>
}
