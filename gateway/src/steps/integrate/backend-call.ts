// One call of a non-proxy integration's backend: what failed becomes a fault, and a listener is told what went out and came back.
import type { Listener } from '../../nouns/decisions.ts'
import { tellEndpointRequest, tellEndpointResponse, type EndpointRequest } from '../../nouns/execution-lines.ts'
import { configurationFault } from '../../nouns/faults.ts'
import { RoleFault } from '../../ports/roles.ts'
import { UpstreamFault, type UpstreamAnswer } from '../../ports/upstream.ts'
import { gatewayFault } from './http-proxy.ts'

export interface BackendAnswer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Uint8Array
}

/** `request` is what `send` sends, for the log. Throws GatewayFault. */
export async function callBackend(
  send: () => Promise<UpstreamAnswer>,
  request: EndpointRequest,
  listener: Listener | undefined,
): Promise<BackendAnswer> {
  const startedMs = performance.now()
  if (listener !== undefined) tellEndpointRequest(listener, request)
  try {
    const { status, headers, body: chunks } = await send()
    const [first, second] = chunks
    const body = first !== undefined && second === undefined ? first : Buffer.concat(chunks)
    if (listener !== undefined) {
      tellEndpointResponse(listener, { status, headers, body, latencyMs: performance.now() - startedMs })
    }
    return { status, headers, body }
  } catch (error) {
    if (error instanceof RoleFault) throw configurationFault(error.message, error)
    throw error instanceof UpstreamFault ? gatewayFault(error) : error
  }
}
