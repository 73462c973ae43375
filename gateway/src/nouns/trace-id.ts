// X-Amzn-Trace-Id: kept from the client where it is well-formed, made anew otherwise. Recorded: REST 21.
import { randomText } from './entropy.ts'

const wellFormed = /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/i

/** The header's value for the integration. `incoming` is the client's header, `nowMs` epoch milliseconds. */
export function traceId(incoming: string | undefined, nowMs: number): string {
  const root = incoming === undefined ? undefined : wellFormed.exec(incoming)?.[1]
  if (incoming === undefined || root === undefined) {
    const bytes = randomText(20, 'hex')
    const epoch = Math.floor(nowMs / 1000)
      .toString(16)
      .padStart(8, '0')
    return `Root=1-${epoch}-${bytes.slice(0, 24)};Parent=${bytes.slice(24)};Sampled=0`
  }
  // AWS: a parent that came in is not replaced; without one, a parent is generated.
  if (/(?:^|;)\s*Parent=/i.test(incoming)) return incoming
  return `${incoming};Parent=${randomText(8, 'hex')};Sampled=0`
}

/** As WebSocket APIs tell it to functions: the client's, or a root of their own. Recorded: HTTP 26.1. */
export function socketTraceId(incoming: string | undefined, nowMs: number): string {
  return incoming ?? httpTraceId(undefined, nowMs)
}

/** As HTTP APIs send it: a root of their own, or `Self` in front of what the client sent. HTTP 5.2, 6.2. */
export function httpTraceId(incoming: string | undefined, nowMs: number): string {
  const epoch = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')
  const id = `1-${epoch}-${randomText(12, 'hex')}`
  return incoming === undefined ? `Root=${id}` : `Self=${id};${incoming}`
}
