// The lines that functions write, on their way from the Lambda runtime to their log groups.
import type { LogSink } from '@sluice/lambda-runtime'
import type { Log } from '../log.ts'
import { parseFunctionArn } from '../nouns/function-arn.ts'
import type { LogPlace, Logs } from '../ports/logs.ts'

/** Each sandbox has a stream; beyond this many the memory starts anew. */
const mostPlaces = 1_000

/** Takes the lines of every function; their keys are ARNs. */
export function functionLines(logs: Pick<Logs, 'append'>, log: Pick<Log, 'debug'>): LogSink {
  const places = new Map<string, LogPlace>()
  const remember = (functionKey: string, group: string, stream: string): LogPlace | undefined => {
    const scope = parseFunctionArn(functionKey)?.scope
    if (scope === undefined) return undefined
    if (places.size >= mostPlaces) places.clear()
    const place = { scope, group, stream }
    places.set(stream, place)
    return place
  }
  return ({ functionKey, logGroupName: logGroup, logStreamName: logStream, timestampMs, message }) => {
    const place = places.get(logStream) ?? remember(functionKey, logGroup, logStream)
    if (place !== undefined) logs.append(place, timestampMs, message)
    log.debug({ logGroup, logStream, line: message }, 'function log')
  }
}
