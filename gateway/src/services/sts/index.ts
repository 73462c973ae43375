// The STS API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/sts'
import type { Call } from '../call.ts'
import { notYet } from '../not-yet.ts'
import type { Service } from '../service.ts'

const handlers = {
  GetCallerIdentity: (_input, { principal }) => ({
    UserId: principal.userId,
    Account: principal.account,
    Arn: principal.arn,
  }),
  ...notYet(['AssumeRole', 'AssumeRoleWithWebIdentity', 'GetSessionToken']),
} satisfies Handlers<Operations, keyof Operations, Call>

export const stsService: Service = { name: 'sts', global: true, handlers }
