// Step `cache` of REST methods: a remembered answer, or the integration's, which is then remembered. REST 11.
import { isAscii } from 'node:buffer'
import type { MethodSetting } from '@sluice/aws-protocol/apigateway'
import type { Answer, Answered } from '../../nouns/exchange.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Parameterised } from '../../nouns/request-parameters.ts'
import { compileRestArn } from '../../nouns/rest-arn.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { ResponseCache, StoredAnswer } from '../../ports/response-cache.ts'
import type { Pipeline, Step } from '../pipeline.ts'
import { compileInvalidation } from './invalidate.ts'
import type { CacheKey } from './key.ts'

type Ready = RestAdmitted & Parameterised

export interface CacheSettings {
  readonly stage: RestStage
  readonly setting: MethodSetting
  readonly ttlMs: number
  readonly key: CacheKey
}

/** A larger answer is passed on and not kept. */
const largestEntryBytes = 1_048_576
const traceHeader = 'x-amzn-trace-id'

/** `integration`: what makes the answer when there is none. Answers are taken from it once for all who wait for the same. */
export function cached(
  { stage, setting, ttlMs, key: keyOf }: CacheSettings,
  cache: ResponseCache,
  integration: Pipeline<Ready, Answered>,
): Step<Ready, Answered> {
  const invalidation = compileInvalidation(setting, compileRestArn(stage))
  const flights = new Map<string, Promise<StoredAnswer | undefined>>()

  const fetch = async (exchange: Ready, key: string): Promise<Answer> => {
    const { answer } = await integration.run(exchange)
    const stored = storedOf(answer)
    if (stored !== undefined) cache.set(key, stored.answer, { bytes: stored.bytes + key.length, ttlMs })
    return answer
  }
  /** Who comes first fetches; who comes meanwhile waits, and fetches for itself when nothing was kept. */
  const miss = async (exchange: Ready, key: string): Promise<Answer> => {
    const flight = flights.get(key)
    if (flight !== undefined) {
      const stored = await flight
      return stored === undefined ? fetch(exchange, key) : answerOf(stored, exchange)
    }
    const fetching = fetch(exchange, key)
    const landing = fetching.then(
      () => cache.get(key),
      () => undefined,
    )
    flights.set(key, landing)
    return fetching.finally(() => flights.delete(key))
  }

  return {
    name: 'cache',
    run: (exchange) => {
      const key = keyOf(exchange)
      const { renews, warning } = invalidation(exchange)
      const stored = renews ? undefined : cache.get(key)
      exchange.listener?.decided({
        step: 'cache',
        verdict: stored === undefined ? 'miss' : 'hit',
        reason: { renews },
        atMs: exchange.receivedAtMs,
      })
      if (exchange.work !== undefined) exchange.work.cacheHit = stored !== undefined
      if (stored !== undefined) return warned(answerOf(stored, exchange), warning)
      return (renews ? fetch : miss)(exchange, key).then((answer) => warned(answer, warning))
    },
  }
}

function warned(answer: Answer, warning: string | undefined): Answered {
  if (warning !== undefined) answer.headers.push('Warning', warning)
  return { answer }
}

/** The answer as it is kept; undefined for one that is not. Open choice: statuses other than 2xx are not kept. */
function storedOf({
  status,
  headers,
  body,
}: Answer): { readonly answer: StoredAnswer; readonly bytes: number } | undefined {
  if (status < 200 || status > 299) return undefined
  if (typeof body === 'object' && Symbol.asyncIterator in body) return undefined
  const bodyBytes = bytesOf(body)
  if (bodyBytes > largestEntryBytes) return undefined
  const traceAt = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === traceHeader) + 1
  const kept: StoredAnswer = { status, headers: [...headers], body: keptBody(body, bodyBytes), traceAt }
  return { answer: kept, bytes: headers.reduce((sum, part) => sum + part.length, bodyBytes + 128) }
}

/** Answers up to this size go out in one write with their head, for which the body has to be text. */
const largestTextBytes = 16_384

/** A short body of ASCII is kept as text, so that it need not be made text for each hit. */
function keptBody(body: StoredAnswer['body'], bodyBytes: number): StoredAnswer['body'] {
  if (typeof body === 'string' || bodyBytes > largestTextBytes) return body
  const bytes = body instanceof Uint8Array ? body : Buffer.concat(body)
  return isAscii(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1') : bytes
}

function bytesOf(body: StoredAnswer['body']): number {
  if (typeof body === 'string') return Buffer.byteLength(body)
  return body instanceof Uint8Array ? body.length : body.reduce((sum, chunk) => sum + chunk.length, 0)
}

/** The trace of a request is its own. */
function answerOf({ status, headers, body, traceAt }: StoredAnswer, exchange: Ready): Answer {
  const own = [...headers]
  if (traceAt > 0) own[traceAt] = traceId(lastHeader(exchange.headers, traceHeader), exchange.receivedAtMs)
  return { status, headers: own, body }
}
