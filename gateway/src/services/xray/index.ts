// The X-Ray API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/xray'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import type { XrayParts } from './parts.ts'
import { samplingRule } from './sampling-rule.ts'
import { samplingTargetHandlers } from './sampling-target.ts'
import { segmentHandlers } from './segment.ts'
import { serviceGraphHandlers } from './service-graph.ts'
import { tag } from './tag.ts'
import { traceHandlers } from './trace.ts'

/** Segments are not in the store, so keeping them does not need its lock. */
const unlocked = new Set<keyof Operations>(['PutTelemetryRecords', 'PutTraceSegments'])

export function createXrayService(parts: XrayParts): Service {
  const handlers = {
    ...segmentHandlers(parts),
    ...traceHandlers(parts),
    ...serviceGraphHandlers(parts),
    ...samplingRule,
    ...samplingTargetHandlers(),
    ...tag,
  } satisfies Handlers<Operations, keyof Operations, Call>
  return { name: 'xray', handlers, unlocked }
}
