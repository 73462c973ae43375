// Answers compressed for clients that ask for it, where the API has a minimum size. REST 8.4.
import { promisify } from 'node:util'
import { deflate, gzip } from 'node:zlib'
import type { Answer, AnswerBody, Received } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'

/** Compresses one answer, or gives it back as it is. */
export type Compress = (answer: Answer, received: Received) => Answer | Promise<Answer>

const codings = { gzip: promisify(gzip), deflate: promisify(deflate) }

/** `minimumBytes`: bodies from this size on are compressed; undefined: none is. */
export function compileCompression(minimumBytes: number | undefined): Compress | undefined {
  if (minimumBytes === undefined) return undefined
  return (answer, { headers }) => {
    const coding = chosenCoding(lastHeader(headers, 'accept-encoding'))
    if (coding === undefined || lastHeader(answer.headers, 'content-encoding') !== undefined) return answer
    const bytes = wholeBody(answer.body)
    return bytes === undefined || bytes.length === 0 || bytes.length < minimumBytes
      ? answer
      : compressed(answer, bytes, coding)
  }
}

async function compressed(
  { status, headers }: Answer,
  bytes: Uint8Array,
  coding: keyof typeof codings,
): Promise<Answer> {
  const body = await codings[coding](bytes)
  return { status, headers: [...headers, 'Content-Encoding', coding, 'Vary', 'Accept-Encoding'], body }
}

/** A stream is never compressed. */
function wholeBody(body: AnswerBody): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  return Symbol.asyncIterator in body ? undefined : Buffer.concat(body)
}

/**
 * The coding that the client likes best, when we speak it. AWS: the one with the highest weight decides, `identity` and
 * codings that we do not speak (?) decide for none, and `*` names none.
 */
function chosenCoding(accept: string | undefined): keyof typeof codings | undefined {
  let best: string | undefined
  let bestWeight = 0
  for (const part of accept?.split(',') ?? []) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const weight = weightOf(parameters)
    // Of equal weights the first counts.
    if (name !== '*' && weight > bestWeight) [best, bestWeight] = [name, weight]
  }
  return best === 'gzip' || best === 'deflate' ? best : undefined
}

function weightOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
  const weight = text === undefined ? 1 : Number(text)
  return weight >= 0 && weight <= 1 ? weight : 0
}
