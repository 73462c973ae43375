// The log variables of a request's authorization that every kind of API with phases has; which phase took place is the kind's to say.
import type { GatewayFault } from '../../nouns/faults.ts'
import type { LogReader } from './log-format.ts'

/** IAM has the first two: who calls, and what he may do; a Lambda authorizer or a user pool the third. */
export type Phase = 'authenticate' | 'authorize' | 'authorizer'

type PhaseName =
  | `${Phase}.${'error' | 'latency' | 'status'}`
  | `authorizer.${'integrationLatency' | 'integrationStatus' | 'requestId'}`

/** Whether a phase of the request took place, and the fault that ended it. Undefined: it did not. */
export type PhaseOf<Outcome> = (outcome: Outcome, phase: Phase) => { readonly fault?: GatewayFault } | undefined

interface Authorized {
  readonly exchange: { readonly caller?: { readonly authorizerLatencyMs?: number | undefined } | undefined }
  readonly work: { readonly authorizerMs: number; readonly authorizerRequestId?: string | undefined }
}

/** `authenticate.*`, `authorize.*` and `authorizer.*`. Security F.8; WebSocket 33.1. */
export function phaseReaders<Outcome extends Authorized>(
  phaseOf: PhaseOf<Outcome>,
): Readonly<Record<PhaseName, LogReader<Outcome>>> {
  const error =
    (phase: Phase): LogReader<Outcome> =>
    (outcome) => {
      const failed = phaseOf(outcome, phase)?.fault
      return failed === undefined ? undefined : (failed.sentence ?? failed.message)
    }
  const latency =
    (phase: Phase): LogReader<Outcome> =>
    (outcome) =>
      phaseOf(outcome, phase) === undefined ? undefined : outcome.work.authorizerMs
  const status =
    (phase: Phase): LogReader<Outcome> =>
    (outcome) => {
      const gone = phaseOf(outcome, phase)
      return gone && (gone.fault?.status ?? 200)
    }
  return {
    'authenticate.error': error('authenticate'),
    'authenticate.latency': latency('authenticate'),
    'authenticate.status': status('authenticate'),
    'authorize.error': error('authorize'),
    'authorize.latency': latency('authorize'),
    'authorize.status': status('authorize'),
    'authorizer.error': error('authorizer'),
    'authorizer.integrationLatency': ({ exchange }) => exchange.caller?.authorizerLatencyMs,
    'authorizer.integrationStatus': ({ work }) => (work.authorizerRequestId === undefined ? undefined : 200),
    'authorizer.latency': latency('authorizer'),
    'authorizer.requestId': ({ work }) => work.authorizerRequestId,
    'authorizer.status': status('authorizer'),
  }
}
