// Log streams of a group: by name, or the one that was written last first.
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterException,
  ResourceAlreadyExistsException,
  type LogStream,
  type Operations,
} from '@sluice/aws-protocol/logs'
import { logGroupArn } from '../../nouns/log-group-arn.ts'
import type { LogStreamFacts } from '../../ports/logs.ts'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { groupNameOf, invalidToken, noSuchGroup, noSuchStream, uploadToken, type LogsParts } from './parts.ts'

type Names = 'CreateLogStream' | 'DeleteLogStream' | 'DescribeLogStreams'

export function streamHandlers({ logs }: LogsParts): Handlers<Operations, Names, Call> {
  return {
    CreateLogStream: ({ logGroupName, logStreamName }, { scope }) => {
      const isNew = logs.createStream(scope, logGroupName, logStreamName)
      if (isNew === undefined) throw noSuchGroup()
      if (!isNew) throw new ResourceAlreadyExistsException('The specified log stream already exists')
    },
    DeleteLogStream: ({ logGroupName, logStreamName }, { scope }) => {
      const isGone = logs.deleteStream(scope, logGroupName, logStreamName)
      if (isGone === undefined) throw noSuchGroup()
      if (!isGone) throw noSuchStream()
    },
    DescribeLogStreams: (input, { scope }) => {
      const { orderBy = 'LogStreamName', logStreamNamePrefix: prefix, descending = false } = input
      if (orderBy === 'LastEventTime' && prefix !== undefined) {
        throw new InvalidParameterException('Cannot order by LastEventTime with a logStreamNamePrefix.')
      }
      const group = groupNameOf(input)
      const streams = logs.streams(scope, group)
      if (streams === undefined) throw noSuchGroup()
      const ordered = streams
        .filter(({ name }) => name.startsWith(prefix ?? ''))
        .sort((left, right) => compare(orderBy, left, right) * (descending ? -1 : 1))
      // Pages continue at an event's index in the ordered list, whatever it is ordered by.
      const places = ordered.map((facts, index) => ({ facts, place: String(index).padStart(9, '0') }))
      const page = pageByName(places, ({ place }) => place, { marker: input.nextToken, maxItems: input.limit ?? 50 })
      if (page === undefined) throw invalidToken()
      const arn = logGroupArn(scope, group)
      return { logStreams: page.items.map(({ facts }) => shown(arn, facts)), nextToken: page.marker }
    },
  }
}

function compare(orderBy: 'LogStreamName' | 'LastEventTime', left: LogStreamFacts, right: LogStreamFacts): number {
  if (orderBy === 'LastEventTime') return (left.lastEventMs ?? 0) - (right.lastEventMs ?? 0)
  if (left.name === right.name) return 0
  return left.name < right.name ? -1 : 1
}

function shown(groupArn: string, facts: LogStreamFacts): LogStream {
  return {
    logStreamName: facts.name,
    creationTime: facts.createdMs,
    firstEventTimestamp: facts.firstEventMs,
    lastEventTimestamp: facts.lastEventMs,
    lastIngestionTime: facts.lastIngestionMs,
    uploadSequenceToken: uploadToken,
    arn: `${groupArn}:log-stream:${facts.name}`,
    storedBytes: 0,
  }
}
