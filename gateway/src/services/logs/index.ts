// The CloudWatch Logs API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/logs'
import type { Call } from '../call.ts'
import { notYet } from '../not-yet.ts'
import type { Service } from '../service.ts'
import { eventHandlers } from './event.ts'
import { groupHandlers } from './group.ts'
import type { LogsParts } from './parts.ts'
import { putHandlers } from './put-events.ts'
import { streamHandlers } from './stream.ts'
import { subscriptionFilterHandlers } from './subscription-filter.ts'
import { tagHandlers } from './tag.ts'

export function createLogsService(parts: LogsParts): Service {
  const handlers = {
    ...groupHandlers(parts),
    ...streamHandlers(parts),
    ...eventHandlers(parts),
    ...putHandlers(parts),
    ...tagHandlers(parts),
    ...subscriptionFilterHandlers(parts),
    ...notYet([
      'DeleteMetricFilter',
      'DescribeMetricFilters',
      'GetQueryResults',
      'PutMetricFilter',
      'StartLiveTail',
      'StartQuery',
      'StopQuery',
      'TestMetricFilter',
    ]),
  } satisfies Handlers<Operations, keyof Operations, Call>
  // Log events are not in the store, so no operation needs its lock.
  return { name: 'logs', handlers, unlocked: new Set(Object.keys(handlers)) }
}
