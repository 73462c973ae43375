// The STS API: the record of all its operations.
import { ServiceFault, type Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/sts'
import type { SessionOwner } from '../../nouns/session.ts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { notYet } from '../not-yet.ts'
import type { Service } from '../service.ts'
import { assumeRole } from './assume-role.ts'
import { issueSession } from './session.ts'

/** Seconds that GetSessionToken gives when it is not told: twelve hours for users, one for root, which gets no more. */
const userSeconds = 43_200
const rootSeconds = 3_600

export function createStsService({ store }: { readonly store: Store }): Service {
  const handlers = {
    GetCallerIdentity: (_input, { principal }) => ({
      UserId: principal.userId,
      Account: principal.account,
      Arn: principal.arn,
    }),
    AssumeRole: (input, call) => assumeRole(store, input, call),
    GetSessionToken: async ({ DurationSeconds, SerialNumber, TokenCode }, call) => {
      if (SerialNumber !== undefined || TokenCode !== undefined) {
        throw new ServiceFault('AccessDenied', 403, 'MultiFactorAuthentication failed: Sluice has no MFA devices.')
      }
      const owner = ownerOf(call)
      const seconds =
        owner.kind === 'User' ? (DurationSeconds ?? userSeconds) : Math.min(DurationSeconds ?? rootSeconds, rootSeconds)
      const { account, arn, userId } = call.principal
      return {
        Credentials: await issueSession(store, {
          account,
          owner,
          arn,
          userId,
          expiresAtMs: call.nowMs + seconds * 1000,
        }),
      }
    },
    ...notYet(['AssumeRoleWithWebIdentity']),
  } satisfies Handlers<Operations, keyof Operations, Call>
  // Sessions are not stored: nothing here needs a transaction.
  return { name: 'sts', global: true, handlers, unlocked: new Set(['AssumeRole']) }
}

function ownerOf({ principal: { arn, account, userId } }: Call): SessionOwner {
  if (arn.endsWith(':root')) return { kind: 'Account', name: '', id: account }
  const name = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1]
  if (name !== undefined) return { kind: 'User', name, id: userId }
  throw new ServiceFault('AccessDenied', 403, 'Cannot call GetSessionToken with session credentials')
}
