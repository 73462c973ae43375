// MOCK: nothing is called; the request template names the status. Recorded: REST 28; REST 3.11.
import { noBytes, utf8 } from '../../nouns/bytes.ts'
import { configurationFault } from '../../nouns/faults.ts'
import type { Mapped, Returned } from '../../nouns/outgoing.ts'
import type { Step } from '../pipeline.ts'
import { mockStatus } from './mock-status.ts'

/** Throws GatewayFault when the template's output has no integer `statusCode`. */
export function mock(): Step<Pick<Mapped, 'outgoingBody'>, Returned> {
  // A template that says the same each time, as most do, is read once.
  let lastText: string | undefined
  let lastTold: Returned | undefined
  return {
    name: 'integrate',
    run: ({ outgoingBody }) => {
      const text = typeof outgoingBody === 'string' ? outgoingBody : utf8(outgoingBody)
      if (lastTold !== undefined && text === lastText) return lastTold
      const status = mockStatus(text)
      if (status === undefined) {
        throw configurationFault(
          'Unable to parse statusCode. It should be an integer that is defined in the request template.',
        )
      }
      const told: Returned = {
        returned: { status, headers: [], body: noBytes, selector: String(status), traceId: undefined },
      }
      lastText = text
      lastTold = told
      return told
    },
  }
}
