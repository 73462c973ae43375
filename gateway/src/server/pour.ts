// A body that is still arriving, onto what takes it: chunk by chunk, no faster than the client reads.
import type { Writable } from 'node:stream'

/** A client that takes nothing of an answer for so long has gone. AWS's time-out of idle connections; REST 12. */
export const stalledMs = 310_000

export interface Outlet {
  readonly writable: Writable
  /** From now on the client may take nothing for so long; 0: for ever. */
  readonly allowStall: (stallMs: number) => void
  /** The head is out: all that can be told is that the body ends too early. */
  readonly breakOff: () => void
}

/** Resolves when the body is out, or the client gone. */
export async function pour(
  body: AsyncIterable<Uint8Array>,
  { writable, allowStall, breakOff }: Outlet,
  longestStallMs = stalledMs,
): Promise<void> {
  const reader = body[Symbol.asyncIterator]()
  const gone = new AbortController()
  writable.once('close', () => {
    gone.abort()
    // The source is told now that nobody reads, and not only with its next chunk.
    reader.return?.().catch(() => {})
  })
  try {
    for (let next = await reader.next(); next.done !== true && !gone.signal.aborted; next = await reader.next()) {
      if (writable.write(next.value)) continue
      allowStall(longestStallMs)
      await drained(writable, gone.signal)
      allowStall(0)
    }
    writable.end()
  } catch {
    breakOff()
  }
}

/** For an answer that has no body, or nobody to take it: its backend is told at once. */
export async function abandon(body: AsyncIterable<Uint8Array>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.()
}

function drained(writable: Writable, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      writable.off('drain', done)
      gone.removeEventListener('abort', done)
      resolve()
    }
    writable.once('drain', done)
    gone.addEventListener('abort', done)
  })
}
