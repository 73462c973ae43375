// Quotas of usage plans: in which period a day falls, and how days are written. All of it in UTC. Security D.6.

export interface QuotaPeriod {
  readonly period: 'DAY' | 'WEEK' | 'MONTH'
  /** The day that the period begins on: of the week from Sunday, of the month from its first. Open choice. */
  readonly offset: number
}

const dayMs = 86_400_000

/** The day as a number: days since 1970-01-01 in UTC. */
export function dayOf(epochMs: number): number {
  return Math.floor(epochMs / dayMs)
}

/** `2026-11-20` */
export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** The number of a day that is written `2026-11-20`; undefined for what is no day. */
export function parseDay(text: string): number | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Date.parse takes the 30th of February.
  return Number.isNaN(ms) || dayText(dayOf(ms)) !== text ? undefined : dayOf(ms)
}

/** The first day of the period that a day falls in. */
export function periodStart(day: number, { period, offset }: QuotaPeriod): number {
  if (period === 'DAY') return day
  // The first day of 1970 was a Thursday.
  if (period === 'WEEK') return day - ((((day + 4 - offset) % 7) + 7) % 7)
  const date = new Date(day * dayMs)
  const month = date.getUTCDate() > offset ? date.getUTCMonth() : date.getUTCMonth() - 1
  return dayOf(Date.UTC(date.getUTCFullYear(), month, 1 + offset))
}
