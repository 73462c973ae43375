// A WebSocket plan whose events are recorded: the same plan, with each outcome told once.
import type { GatewayFault } from '../nouns/faults.ts'
import type { SocketReceived } from '../nouns/socket.ts'
import { Work } from '../nouns/work.ts'
import type { SocketOutcome, StageRecorder } from '../ports/recorder.ts'
import type { PlanPorts, SocketPlan } from './stage-plan.ts'

type Noted = SocketReceived & { work: Work; fault?: GatewayFault }

/** The plan itself when nobody records. */
export function recordedSocket(
  plan: SocketPlan,
  recorder: StageRecorder<SocketOutcome, SocketReceived> | undefined,
  { clock, bug }: PlanPorts,
): SocketPlan {
  if (recorder === undefined) return plan
  const begin = (received: SocketReceived): Noted => {
    const begun = recorder.begin === undefined ? received : recorder.begin(received)
    return Object.assign(begun, { work: new Work() })
  }
  const end = (exchange: Noted, status: number | undefined, isAnswered: boolean): void => {
    const { work } = exchange
    // A WebSocket API's faults are gateway faults.
    if (work.fault !== undefined) exchange.fault = work.fault as GatewayFault
    try {
      status ??= work.fault?.status ?? 200
      recorder.record({ exchange, work, endedAtMs: clock.now(), status, isAnswered })
    } catch (error) {
      bug(error, exchange.requestId)
    }
  }
  return {
    ...plan,
    connect: async (received) => {
      const exchange = begin(received)
      const admission = await plan.connect(exchange)
      end(exchange, admission.accepted ? 200 : admission.status, false)
      return admission
    },
    message: async (received) => {
      const exchange = begin(received)
      const frame = await plan.message(exchange)
      end(exchange, undefined, frame !== undefined)
      return frame
    },
    disconnect: async (received) => {
      const exchange = begin(received)
      await plan.disconnect(exchange)
      end(exchange, undefined, false)
    },
  }
}
