// Bodies framed as `aws-chunked`: taking them apart and checking the chain of their signatures.
// Rules: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
import { hash } from 'node:crypto'
import { SignatureFault } from './fault.ts'
import { payloadHash } from './payload.ts'
import { sameText, type SigningKey } from './signing-key.ts'

/** The start of the chain of chunk signatures, as `verify` returns it. */
export interface ChunkSigning {
  /** The word of `X-Amz-Content-Sha256`: tells whether chunks are signed and whether trailers follow. */
  readonly payload: string
  readonly key: SigningKey
  readonly timestamp: string
  readonly scope: string
  readonly seedSignature: string
}

/** A body without its framing. */
export interface DecodedChunks {
  readonly body: Uint8Array
  /** Trailing headers, a name in lower case and a value each, without the trailer's signature. */
  readonly trailers: readonly (readonly [name: string, value: string])[]
}

/**
 * Takes an `aws-chunked` body apart and checks the signature of every chunk and of the trailer.
 * `decodedBytes` is the length promised by `X-Amz-Decoded-Content-Length`; pass undefined when there is none.
 * @throws SignatureFault malformed-chunks or bad-chunk-signature
 */
export function decodeAwsChunked(framed: Uint8Array, signing: ChunkSigning, decodedBytes?: number): DecodedChunks {
  const lines = new LineReader(framed)
  const chain = signing.payload.startsWith('STREAMING-UNSIGNED') ? undefined : new SignatureChain(signing)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const header = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(lines.line())
    if (header?.[1] === undefined) throw lines.malformed()
    const sizeBytes = Number.parseInt(header[1], 16)
    const chunk = lines.take(sizeBytes)
    chain?.checkChunk(chunk, header[2] ?? '')
    if (sizeBytes === 0) break
    if (lines.line() !== '') throw lines.malformed()
    chunks.push(chunk)
    bytes += sizeBytes
  }
  const hasTrailers = signing.payload.endsWith('-TRAILER')
  const trailers = readTrailers(lines, hasTrailers ? chain : undefined)
  if (trailers.length > 0 && !hasTrailers) throw lines.malformed()
  if (decodedBytes !== undefined && decodedBytes !== bytes) throw lines.malformed()
  return { body: Buffer.concat(chunks, bytes), trailers }
}

const trailerSignature = 'x-amz-trailer-signature'

function readTrailers(lines: LineReader, chain: SignatureChain | undefined): DecodedChunks['trailers'] {
  const trailers: (readonly [name: string, value: string])[] = []
  let signed = ''
  let presented = ''
  // The empty line at the end is left out by some clients.
  while (!lines.isAtEnd) {
    const line = lines.line()
    if (line === '') continue
    const colon = line.indexOf(':')
    if (colon < 1) throw lines.malformed()
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (name === trailerSignature) presented = value
    else {
      trailers.push([name, value])
      signed += `${name}:${value}\n`
    }
  }
  chain?.checkTrailer(signed, presented)
  return trailers
}

/** Reads lines and runs of bytes off a body. */
class LineReader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length
  }

  /** The text up to the next line break, which is consumed; a line longer than a signature needs is malformed. */
  line(): string {
    const end = this.#bytes.indexOf('\n', this.#offset)
    if (end < 0 || end - this.#offset > maxLineBytes) throw this.malformed()
    const line = this.#bytes.toString('latin1', this.#offset, end)
    this.#offset = end + 1
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  take(sizeBytes: number): Uint8Array {
    const end = this.#offset + sizeBytes
    if (end > this.#bytes.length) throw this.malformed()
    const taken = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return taken
  }

  malformed(): SignatureFault {
    return new SignatureFault({ reason: 'malformed-chunks', offsetBytes: this.#offset })
  }
}

const maxLineBytes = 8_192

/** Each signature covers the one before it, so that chunks can be neither dropped nor moved. */
class SignatureChain {
  readonly #signing: ChunkSigning
  #previous: string
  #chunk = 0

  constructor(signing: ChunkSigning) {
    this.#signing = signing
    this.#previous = signing.seedSignature
  }

  checkChunk(chunk: Uint8Array, presented: string): void {
    this.#check('PAYLOAD', `${payloadHash(emptyBody)}\n${payloadHash(chunk)}`, presented, this.#chunk)
    this.#chunk++
  }

  checkTrailer(trailer: string, presented: string): void {
    this.#check('TRAILER', hash('sha256', trailer, 'hex'), presented, 'trailer')
  }

  #check(kind: 'PAYLOAD' | 'TRAILER', hashes: string, presented: string, chunk: number | 'trailer'): void {
    const { timestamp, scope, key } = this.#signing
    const stringToSign = `AWS4-HMAC-SHA256-${kind}\n${timestamp}\n${scope}\n${this.#previous}\n${hashes}`
    if (!sameText(key.sign(stringToSign), presented)) {
      throw new SignatureFault({ reason: 'bad-chunk-signature', chunk, stringToSign })
    }
    this.#previous = presented
  }
}

const emptyBody = new Uint8Array(0)
