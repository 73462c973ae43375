// GetSessionToken and GetFederationToken: temporary credentials of a user's own, or for somebody whom the user vouches for.
import type {
  GetFederationTokenRequest,
  GetFederationTokenResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from '@sluice/aws-protocol/sts'
import type { SessionOwner } from '../../nouns/session.ts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { accessDenied, refuseDevices } from './faults.ts'
import { packedPolicySize, sessionPolicies } from './session-policies.ts'
import { sessionTags } from './session-tags.ts'
import { issueSession } from './session.ts'

/** Seconds unless told: twelve hours for users, one for root, which gets no more. */
const userSeconds = 43_200
const rootSeconds = 3_600

export async function getSessionToken(
  store: Store,
  input: GetSessionTokenRequest,
  call: Call,
): Promise<GetSessionTokenResponse> {
  refuseDevices(input)
  const owner = ownerOf(call, 'GetSessionToken')
  const { account, arn, userId } = call.principal
  return {
    Credentials: await issueSession(store, {
      account,
      owner,
      arn,
      userId,
      origin: 'GetSessionToken',
      issuedAtMs: call.nowMs,
      expiresAtMs: call.nowMs + secondsOf(owner, input.DurationSeconds) * 1000,
    }),
  }
}

/** The federated user has what both the user's policies and the passed ones grant: nothing when none are passed. */
export async function getFederationToken(
  store: Store,
  input: GetFederationTokenRequest,
  call: Call,
): Promise<GetFederationTokenResponse> {
  const owner = ownerOf(call, 'GetFederationToken')
  const { account } = call.principal
  const session = {
    account,
    owner,
    arn: `arn:aws:sts::${account}:federated-user/${input.Name}`,
    userId: `${account}:${input.Name}`,
    ...(await sessionPolicies(input, store.read({ account, region: 'global' }))),
    tags: sessionTags(input, undefined).tags,
    origin: 'GetFederationToken',
    issuedAtMs: call.nowMs,
    expiresAtMs: call.nowMs + secondsOf(owner, input.DurationSeconds) * 1000,
  } as const
  const packed = packedPolicySize(session)
  return {
    Credentials: await issueSession(store, session),
    FederatedUser: { FederatedUserId: session.userId, Arn: session.arn },
    ...(packed !== undefined && { PackedPolicySize: packed }),
  }
}

function secondsOf({ kind }: SessionOwner, asked: number | undefined): number {
  return kind === 'User' ? (asked ?? userSeconds) : Math.min(asked ?? rootSeconds, rootSeconds)
}

/** Throws AccessDenied for callers with temporary credentials. */
function ownerOf({ principal: { arn, account, userId, known } }: Call, operation: string): SessionOwner {
  if (known?.session !== undefined) throw accessDenied(`Cannot call ${operation} with session credentials`)
  if (arn.endsWith(':root')) return { kind: 'Account', name: '', id: account }
  return { kind: 'User', name: arn.slice(arn.lastIndexOf('/') + 1), id: userId }
}
