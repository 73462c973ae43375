// Step `decompress`: request bodies in gzip or deflate, for APIs that have compression switched on. REST 8.4.
import { promisify } from 'node:util'
import { gunzip, inflate, inflateRaw } from 'node:zlib'
import type { Received } from '../../nouns/exchange.ts'
import { fault } from '../../nouns/faults.ts'
import { lastHeader, type HeaderList } from '../../nouns/headers.ts'
import { payloadBytes } from '../../nouns/limits.ts'
import type { Step } from '../pipeline.ts'

type Told = Partial<Pick<Received, 'body' | 'headers'>>
type Decode = (body: Uint8Array, bounds: { readonly maxOutputLength: number }) => Promise<Uint8Array>

const zlibWrapped = promisify(inflate) as Decode
const bare = promisify(inflateRaw) as Decode

const codings: Readonly<Record<string, Decode>> = {
  gzip: promisify(gunzip) as Decode,
  // HTTP's deflate is zlib's format; some clients send the bare one.
  deflate: (body, bounds) => (isZlib(body) ? zlibWrapped : bare)(body, bounds),
}

/**
 * What follows sees the body decompressed, and no `Content-Encoding`. `minimumBytes`: the API's minimum compression size;
 * undefined: bodies stay as they are. Throws 413 for a body that grows beyond the payload limit, 415 for one that is broken or
 * of a coding that we do not speak (documented).
 */
export function decompress(minimumBytes: number | undefined): Step<Received, Told> | undefined {
  if (minimumBytes === undefined) return undefined
  return {
    name: 'decompress',
    run: ({ headers, body }) => {
      if (body.length === 0) return nothing
      const coding = lastHeader(headers, 'content-encoding')?.trim().toLowerCase() ?? ''
      if (coding === '' || coding === 'identity') return nothing
      const decode = Object.hasOwn(codings, coding) ? codings[coding] : undefined
      if (decode === undefined) throw fault('UNSUPPORTED_MEDIA_TYPE')
      return decoded(decode, headers, body)
    },
  }
}

const nothing: Told = {}

async function decoded(decode: Decode, headers: HeaderList, body: Uint8Array): Promise<Told> {
  try {
    return {
      body: await decode(body, { maxOutputLength: payloadBytes }),
      headers: headers.filter((_, index) => headers[index - (index % 2)]?.toLowerCase() !== 'content-encoding'),
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw fault('REQUEST_TOO_LARGE', { cause: error })
    throw fault('UNSUPPORTED_MEDIA_TYPE', {
      log: 'Execution failed due to an invalid compressed request body',
      cause: error,
    })
  }
}

/** RFC 1950: method 8, and a header that is a multiple of 31. */
function isZlib(body: Uint8Array): boolean {
  const [first = 0, second = 0] = body
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0
}
