// Statistics of a period: the five plain ones, percentiles and trimmed means, from merged minutes.
import { InvalidParameterValueException } from '@sluice/aws-protocol/cloudwatch'
import { bucketMiddle, type Tally, type TallyRecord } from '../../nouns/tally.ts'

/** Reads a statistic from the tally of one period. */
export type StatisticReader = (tally: Tally) => number

const plain: Readonly<Record<string, StatisticReader>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
}

const percentile = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/
const trimmed = /^tm(\d{1,2}(?:\.\d{1,10})?|100)$/

/** The reader of a statistic by its name. Throws InvalidParameterValueException for an unknown one. */
export function compileStatistic(name: string): StatisticReader {
  const known = Object.hasOwn(plain, name) ? plain[name] : undefined
  if (known !== undefined) return known
  const rank = percentile.exec(name)?.[1]
  if (rank !== undefined) return (tally) => tally.percentile(Number(rank)) ?? 0
  const upper = trimmed.exec(name)?.[1]
  if (upper !== undefined) return (tally) => trimmedMean(tally.record(), Number(upper))
  if (name === 'IQM') return (tally) => trimmedMean(tally.record(), 75, 25)
  throw new InvalidParameterValueException(`The value ${name} for parameter Statistics is not supported.`)
}

/** The mean of the values between two percentiles. */
function trimmedMean({ count, buckets }: TallyRecord, upper: number, lower = 0): number {
  const from = (lower / 100) * count
  const to = (upper / 100) * count
  let seen = 0
  let sum = 0
  let taken = 0
  for (const [bucket, size] of buckets) {
    const share = Math.max(0, Math.min(to, seen + size) - Math.max(from, seen))
    sum += share * bucketMiddle(bucket)
    taken += share
    seen += size
  }
  return taken === 0 ? 0 : sum / taken
}
