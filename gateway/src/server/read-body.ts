// Reading a request's whole body, bounded.
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { noBytes } from '../nouns/bytes.ts'
import type { BodyShare } from './body-room.ts'

/** Whether the request's framing says that a body follows. */
export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/** Why a body is not read: it is larger than its destination takes, or all bodies together are larger than there is room for. */
export type Unread = 'too large' | 'no room'

export interface Bounds {
  readonly maximumBytes: number
  /** What the client says in Content-Length; 0 where it says nothing. */
  readonly declaredBytes: number
  readonly share: BodyShare
}

/**
 * The body, of at most `maximumBytes`, which `share` has room for; else why not (what follows is then thrown away).
 * Rejects when the client breaks off or its framing is invalid.
 */
export function readBody(
  request: Readable,
  { maximumBytes, declaredBytes, share }: Bounds,
): Promise<Uint8Array | Unread> {
  return new Promise((resolve, reject) => {
    const chunks = new Chunks()
    let bytes = 0
    let isRefused = false
    let isWhole = false
    const refuse = (why: Unread): void => {
      isRefused = true
      chunks.clear()
      resolve(why)
    }
    if (declaredBytes > maximumBytes) refuse('too large')
    request.on('data', (chunk: Buffer) => {
      if (isRefused) return
      bytes += chunk.length
      if (bytes > maximumBytes) refuse('too large')
      else if (share.take(chunk.length)) chunks.add(chunk)
      else refuse('no room')
    })
    request.on('end', () => {
      isWhole = true
      resolve(chunks.joined())
    })
    request.on('error', reject)
    // An error is made only where there is one: its stack would be a tenth of the request's cost.
    request.on('close', () => {
      if (!isWhole) reject(new Error('the client broke off'))
    })
  })
}

/** When there are this many pieces they are joined: a body that comes byte by byte would otherwise take a hundred times its size. */
const mostPieces = 1024

/** What has come of a body. */
class Chunks {
  private readonly joinedPieces: Buffer[] = []
  private readonly pieces: Buffer[] = []

  add(piece: Buffer): void {
    if (this.pieces.push(piece) < mostPieces) return
    this.joinedPieces.push(Buffer.concat(this.pieces))
    this.pieces.length = 0
  }

  clear(): void {
    this.joinedPieces.length = 0
    this.pieces.length = 0
  }

  joined(): Uint8Array {
    const [first = noBytes, ...others] = [...this.joinedPieces, ...this.pieces]
    return others.length === 0 ? first : Buffer.concat([first, ...others])
  }
}
