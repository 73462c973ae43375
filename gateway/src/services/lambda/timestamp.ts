// `LastModified`: ISO 8601 with milliseconds and `+0000`, as Lambda alone writes it.

/** `2026-03-01T12:00:00.000+0000` */
export function lastModified(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '+0000')
}
