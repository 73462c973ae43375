// Amazon Cognito's identity pools: the record of all their operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/cognito-identity'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import { developer, developerTokenHandlers } from './developer.ts'
import { identity, publicHandlers } from './identity.ts'
import type { CognitoIdentityParts } from './parts.ts'
import { pool } from './pool.ts'
import { principalTag } from './principal-tag.ts'
import { role } from './role.ts'
import { tag } from './tag.ts'

export function createCognitoIdentityService(parts: CognitoIdentityParts): Service {
  const handlers = {
    ...pool,
    ...role,
    ...identity,
    ...publicHandlers(parts),
    ...developer,
    ...developerTokenHandlers(parts),
    ...principalTag,
    ...tag,
  } satisfies Handlers<Operations, keyof Operations, Call>
  // Verifying a token may have to fetch its issuer's keys, so these operations store in a transaction of their own.
  return { name: 'cognito-identity', handlers, unlocked: new Set(['UnlinkIdentity']) }
}
