// Ids of log events: of AWS's length, and in the order of the events.

/** An id of 56 digits, made of the time and of `id`, which grows with every event of the gateway. */
export function logEventId({ timestampMs, id }: { readonly timestampMs: number; readonly id: number }): string {
  return String(Math.max(0, timestampMs)).padStart(20, '0') + String(id).padStart(36, '0')
}
