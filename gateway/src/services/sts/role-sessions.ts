// What API Gateway gets when it takes on a role of this gateway for an integration or an authorizer.
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
 * Takes on a role: a session of one hour. Undefined when the account has no such role; rejects with RoleFault when its trust
 * policy does not let `apigateway.amazonaws.com` have it.
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
    // Deleted meanwhile: `dev` takes the key for somebody else's.
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
