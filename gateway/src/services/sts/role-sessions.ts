// Makes the sessions with which API Gateway assumes roles of this gateway for integrations and authorizers.
import { createContext, evaluate, parsePolicy } from '@sluice/iam-policy'
import type { RoleRecord } from '../../nouns/identity-records.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Principals } from '../../ports/principals.ts'
import { RoleFault, roleSessionName, type RoleSession } from '../../ports/roles.ts'
import type { Store } from '../../ports/store.ts'
import { issueSession, roleSession } from './session.ts'

export interface RoleSessionParts {
  readonly store: Store
  readonly principals: Principals
  readonly clock: Clock
}

const roleArn = /^arn:aws(?:-[a-z-]+)?:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/
const apiGateway = 'apigateway.amazonaws.com'
const lifeMs = 3_600_000

/**
 * Assumes a role for one hour. Undefined when the account has no such role; rejects with RoleFault when its trust policy
 * does not allow `apigateway.amazonaws.com`.
 */
export function takeOnRoles({
  store,
  principals,
  clock,
}: RoleSessionParts): (arn: string) => Promise<RoleSession | undefined> {
  return async (arn) => {
    const [, account = '', name = ''] = roleArn.exec(arn) ?? []
    const role = await store.read({ account, region: 'global' }).get('Role', [name])
    if (role === undefined || role.arn !== arn) return undefined
    const nowMs = clock.now()
    if (!trustsApiGateway(role, account, nowMs)) throw new RoleFault(arn)
    const session = roleSession(role, account, roleSessionName, nowMs + lifeMs)
    const issued = await issueSession(store, { ...session, issuedAtMs: nowMs })
    const known = await principals.find(issued.AccessKeyId, issued.SessionToken)
    // The role was deleted meanwhile, and `dev` would take its key for the root's.
    if (known?.principal.arn !== session.arn) throw new RoleFault(arn)
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = issued
    return {
      credentials: { accessKeyId, secretAccessKey, sessionToken },
      expiresAtMs: session.expiresAtMs,
      known,
    }
  }
}

function trustsApiGateway(role: RoleRecord, account: string, nowMs: number): boolean {
  const { decision } = evaluate(
    {
      identity: [],
      resource: parsePolicy(role.assumeRolePolicyDocument, { kind: 'trust' }),
      sameAccount: true,
    },
    {
      principal: { type: 'Service', arn: apiGateway, provider: apiGateway },
      action: 'sts:AssumeRole',
      resource: role.arn,
      context: createContext([
        ['aws:CurrentTime', new Date(nowMs).toISOString()],
        ['aws:EpochTime', String(Math.floor(nowMs / 1000))],
        ['aws:SourceAccount', account],
        ['sts:RoleSessionName', roleSessionName],
      ]),
    },
  )
  return decision === 'allow'
}
