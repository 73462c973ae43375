// Step `mapResponse` of HTTP APIs: what `ResponseParameters` change of the integration's answer, by its status. HTTP 9.2.
import type { Answered } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { answerMessage } from '../../nouns/http-source.ts'
import type { HttpAdmitted, HttpStage } from '../../nouns/http.ts'
import { headerValue, passes } from '../answer/hop-headers.ts'
import type { Step } from '../pipeline.ts'
import {
  compileMappings,
  evaluateMappings,
  mapHeaders,
  type CompiledMapping,
  type EvaluatedMapping,
} from './http-headers.ts'

type ResponseParameters = Readonly<Record<string, Readonly<Record<string, string>>>>

/** No step when there is nothing to map. Gateway errors are thrown past it: they are never mapped. */
export function mapHttpResponse(
  parameters: ResponseParameters | undefined,
  stage: HttpStage,
): Step<HttpAdmitted & Answered, Answered> | undefined {
  const byStatus = new Map<number, readonly CompiledMapping[]>()
  for (const [status, mappings] of Object.entries(parameters ?? {})) {
    const compiled = compileMappings(mappings, 'response', stage)
    if (compiled.length > 0) byStatus.set(Number(status), compiled)
  }
  if (byStatus.size === 0) return undefined
  return {
    name: 'mapResponse',
    run: (exchange) => {
      const { answer } = exchange
      const mappings = byStatus.get(answer.status)
      if (mappings === undefined) return { answer }
      const evaluated = evaluateMappings(mappings, exchange, answerMessage(answer)).flatMap(carriable)
      const status = evaluated.findLast(({ location }) => location === 'statuscode')?.value
      exchange.listener?.decided({
        step: 'mapResponse',
        verdict: 'mapped',
        reason: { status: answer.status, mappings: evaluated },
        atMs: exchange.receivedAtMs,
      })
      return {
        answer: {
          status: status === undefined ? answer.status : statusOf(status),
          headers: mapHeaders(answer.headers, evaluated),
          body: answer.body,
        },
      }
    },
  }
}

function carriable(mapping: EvaluatedMapping): readonly EvaluatedMapping[] {
  if (mapping.location !== 'header') return [mapping]
  return passes(mapping.name) ? [{ ...mapping, value: headerValue(mapping.value) }] : []
}

function statusOf(text: string): number {
  if (/^[2-5]\d\d$/.test(text)) return Number(text)
  throw new HttpFault(500, 'Internal Server Error', {
    log: `The mapped status code ${JSON.stringify(text.slice(0, 64))} is not between 200 and 599`,
  })
}
