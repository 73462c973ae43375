// Reading a request's whole body, bounded.
import type { IncomingMessage } from 'node:http'
import { noBytes } from '../nouns/bytes.ts'

/** Whether the request's framing says that a body follows. */
export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/**
 * The body; undefined when it is larger than `maximumBytes` (what follows is then thrown away).
 * Rejects when the client breaks off or its framing is invalid.
 */
export function readBody(request: IncomingMessage, maximumBytes: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const declared = Number(request.headers['content-length'] ?? 0)
    const chunks: Buffer[] = []
    let bytes = 0
    let refused = declared > maximumBytes
    if (refused) resolve(undefined)
    request.on('data', (chunk: Buffer) => {
      if (refused) return
      bytes += chunk.length
      if (bytes <= maximumBytes) {
        chunks.push(chunk)
        return
      }
      refused = true
      chunks.length = 0
      resolve(undefined)
    })
    request.on('end', () =>
      resolve(chunks.length === 1 ? chunks[0] : chunks.length === 0 ? noBytes : Buffer.concat(chunks)),
    )
    request.on('error', reject)
    // An error is made only where there is one: its stack would be a tenth of the request's cost.
    request.on('close', () => {
      if (!request.complete) reject(new Error('the client broke off'))
    })
  })
}
