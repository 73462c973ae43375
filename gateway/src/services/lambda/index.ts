// The Lambda API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/lambda'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import { alias } from './alias.ts'
import { concurrency } from './concurrency.ts'
import { eventInvokeConfig } from './event-invoke-config.ts'
import { functionHandlers } from './function.ts'
import { invokeHandlers } from './invoke.ts'
import type { LambdaParts } from './parts.ts'
import { permission } from './permission.ts'
import { tag } from './tag.ts'
import { unset } from './unset.ts'
import { updateHandlers } from './update.ts'
import { version } from './version.ts'

export function createLambdaService(parts: LambdaParts): Service {
  const invoke = invokeHandlers(parts)
  const handlers = {
    ...functionHandlers(parts),
    ...updateHandlers(parts),
    ...version,
    ...alias,
    ...permission,
    ...concurrency,
    ...eventInvokeConfig,
    ...tag,
    ...unset,
    ...invoke,
  } satisfies Handlers<Operations, keyof Operations, Call>
  return { name: 'lambda', handlers, unlocked: new Set(Object.keys(invoke)) }
}
