// The account's settings: throttles, and the role that execution logs need. Rules: Security F.3.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Account, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { accountThrottle } from '../../nouns/limits.ts'
import type { Call } from '../call.ts'
import { listingPaths, patched, setting, text } from './patch.ts'
import type { PatchRule } from './patch.ts'

/** The settings of a new account, as AWS shows them; `apiKeyVersion` 4 is the one with usage plans. */
const newAccount: Account = { features: ['UsagePlans'], apiKeyVersion: '4' }

export const account: Handlers<Operations, 'GetAccount' | 'UpdateAccount', Call> = {
  GetAccount: async (_input, call) => shown((await call.store.get('Account', [])) ?? newAccount, call),

  UpdateAccount: async ({ patchOperations }, call) => {
    const before = (await call.store.get('Account', [])) ?? newAccount
    const record = patched(before, patchOperations, rules, listingPaths)
    call.store.put('Account', [], record)
    return shown(record, call)
  },
}

/**
 * The settings with the throttle, which the gateway's options set, not the account; without such an option AWS's own
 * defaults are shown.
 */
function shown(record: Account, { limits }: Call): Account {
  const rateLimit = limits.accountRequestsPerSecond ?? accountThrottle.requestsPerSecond
  const burstLimit = limits.accountBurst ?? accountThrottle.burst
  return { ...record, throttleSettings: { burstLimit, rateLimit } }
}

const rules: readonly PatchRule<Account>[] = [
  { path: '/cloudwatchRoleArn', replace: setting('cloudwatchRoleArn', roleArn) },
  {
    path: '/features',
    add: (record, { value }) => {
      if (value !== 'UsagePlans') throw new BadRequestException(`Invalid feature specified: ${value ?? 'null'}`)
      return record
    },
    remove: () => {
      throw new BadRequestException('Usage Plans cannot be disabled once enabled')
    },
  },
]

function roleArn(value: string | undefined): string | undefined {
  if (text(value) === undefined || /^arn:[^:]+:iam::\d{12}:role\/[^]+$/.test(value ?? '')) return text(value)
  throw new BadRequestException('The role ARN does not have required permissions set to API Gateway')
}
