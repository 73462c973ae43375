// Session policies, which limit a session, and the share of a session's room that they take.
import { deflateSync } from 'node:zlib'
import {
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
  type PolicyDescriptorType,
} from '@sluice/aws-protocol/sts'
import { parsePolicy, PolicyFault } from '@sluice/iam-policy'
import type { Session } from '../../nouns/session.ts'
import type { Reader } from '../../ports/store.ts'
import { validationError } from './faults.ts'

export interface PassedPolicies {
  readonly Policy?: string | undefined
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: how many managed policies may be passed. */
const mostPolicies = 10
/** Own: AWS does not say how long a session's policies and tags may be once they are packed. */
const mostPackedBytes = 2_048

const awsManaged = /^arn:aws(?:-[a-z-]+)?:iam::aws:policy\//

/**
 * The policies as a session keeps them. `reader` reads the role's or user's account, region `global`. Throws
 * MalformedPolicyDocument, and ValidationError for managed policies that do not exist or belong to another account.
 */
export async function sessionPolicies(
  { Policy: policy, PolicyArns = [] }: PassedPolicies,
  reader: Reader,
): Promise<Pick<Session, 'policy' | 'policyArns'>> {
  if (policy !== undefined) check(policy)
  const policyArns = PolicyArns.map(({ arn = '' }) => arn)
  if (policyArns.length > mostPolicies) {
    throw validationError(
      `1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${mostPolicies}`,
    )
  }
  for (const arn of policyArns) {
    const isThere = awsManaged.test(arn) || (await reader.get('ManagedPolicy', [arn])) !== undefined
    if (!isThere) throw validationError(`Policy ${arn} does not exist or is not attachable.`)
  }
  return { policy, ...(policyArns.length > 0 && { policyArns }) }
}

function check(policy: string): void {
  try {
    parsePolicy(policy, { kind: 'identity' })
  } catch (error) {
    throw error instanceof PolicyFault ? new MalformedPolicyDocumentException(error.message) : error
  }
}

/** Percent of the room for policies and tags that a session takes; undefined when it has neither. Throws PackedPolicyTooLarge. */
export function packedPolicySize({ policy, policyArns, tags = {} }: Partial<Session>): number | undefined {
  const hasPolicies = policy !== undefined || policyArns !== undefined
  if (!hasPolicies && Object.keys(tags).length === 0) return undefined
  const bytes = deflateSync(JSON.stringify([policy, policyArns, tags])).length
  const percent = Math.ceil((bytes * 100) / mostPackedBytes)
  if (percent <= 100) return percent
  throw new PackedPolicyTooLargeException(
    hasPolicies
      ? `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`
      : `Packed size of session tags consumes ${percent}% of allotted space.`,
  )
}
