// The client certificate that a stage shows to its HTTP backends, as its record names it. REST 10.1, WebSocket 34.
import type { Reader } from '../ports/store.ts'
import type { UpstreamOptions } from '../ports/upstream.ts'

/** Undefined where there is none, or none any more. */
export async function certificateOf(
  read: Reader,
  id: string | undefined,
): Promise<UpstreamOptions['clientCertificate']> {
  const record = id === undefined || id === '' ? undefined : await read.get('ClientCertificate', [id])
  if (record?.pemEncodedCertificate === undefined) return undefined
  return { certificatePem: record.pemEncodedCertificate, privateKeyPem: record.privateKeyPem }
}
