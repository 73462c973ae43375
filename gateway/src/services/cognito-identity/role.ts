// SetIdentityPoolRoles and GetIdentityPoolRoles: the roles of a pool, and how its providers' tokens choose among more.
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidParameterException, type Operations, type RoleMapping } from '@sluice/aws-protocol/cognito-identity'
import { cognitoIdentityHost } from '../../nouns/cognito-identity.ts'
import type { IdentityPoolRecord } from '../../nouns/identity-pool.ts'
import type { Call } from '../call.ts'
import { ownPool } from './found.ts'

/** AWS's limit of rules for each provider; the service model's bound is wider. */
const mostRules = 25

const roleArn = /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:role\/.+$/

export const role: Handlers<Operations, 'SetIdentityPoolRoles' | 'GetIdentityPoolRoles', Call> = {
  SetIdentityPoolRoles: async ({ IdentityPoolId: poolId, Roles: roles, RoleMappings: roleMappings = {} }, call) => {
    const record = await ownPool(call, poolId)
    for (const [provider, mapping] of Object.entries(roleMappings)) checkMapping(provider, mapping)
    const before = rolesOf(record)
    for (const arn of rolesOf({ roles, roleMappings })) {
      if (!roleArn.test(arn)) throw new InvalidParameterException(`${arn} is not the ARN of a role.`)
      if (before.has(arn)) continue
      const conditions = [['iam:PassedToService', cognitoIdentityHost]] as const
      call.require?.({ action: 'iam:PassRole', resource: arn, conditions })
    }
    call.store.put('IdentityPool', [poolId], { ...record, roles, roleMappings })
  },
  GetIdentityPoolRoles: async ({ IdentityPoolId }, call) => {
    const { roles, roleMappings } = await ownPool(call, IdentityPoolId)
    const hasMappings = Object.keys(roleMappings).length > 0
    return { IdentityPoolId, Roles: roles, ...(hasMappings && { RoleMappings: roleMappings }) }
  },
}

function rolesOf({ roles, roleMappings }: Pick<IdentityPoolRecord, 'roles' | 'roleMappings'>): ReadonlySet<string> {
  const rules = Object.values(roleMappings).flatMap(
    ({ RulesConfiguration: configuration }) => configuration?.Rules ?? [],
  )
  return new Set([...Object.values(roles), ...rules.map(({ RoleARN }) => RoleARN)])
}

/** Checks the role mapping of a provider. Throws InvalidParameterException. */
function checkMapping(provider: string, mapping: RoleMapping): void {
  const { Type: type, AmbiguousRoleResolution: resolution, RulesConfiguration: configuration } = mapping
  const refuse = (reason: string): never => {
    throw new InvalidParameterException(`Role mapping of ${provider}: ${reason}`)
  }
  if (resolution === undefined) refuse('AmbiguousRoleResolution is required.')
  if (type === 'Rules' && configuration === undefined) refuse('RulesConfiguration is required for the type Rules.')
  if (type === 'Token' && configuration !== undefined) refuse('RulesConfiguration is not allowed for the type Token.')
  if ((configuration?.Rules.length ?? 0) > mostRules) refuse(`at most ${mostRules} rules are allowed.`)
}
