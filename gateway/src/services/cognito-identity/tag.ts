// Tags of identity pools, which are this service's only resources that have any.
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidParameterException, type Operations } from '@sluice/aws-protocol/cognito-identity'
import { identityPoolArn, type IdentityPoolRecord } from '../../nouns/identity-pool.ts'
import type { TagsRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { ownPool } from './found.ts'

const mostTags = 50

export const tag: Handlers<Operations, 'TagResource' | 'UntagResource' | 'ListTagsForResource', Call> = {
  ListTagsForResource: async ({ ResourceArn }, call) => ({ Tags: tagsOf(await taggedPool(call, ResourceArn)) }),
  TagResource: async ({ ResourceArn, Tags }, call) => {
    const record = await taggedPool(call, ResourceArn)
    keep(call, record, checkedTags({ ...tagsOf(record), ...Tags }))
    return {}
  },
  UntagResource: async ({ ResourceArn, TagKeys: keys }, call) => {
    const record = await taggedPool(call, ResourceArn)
    keep(call, record, Object.fromEntries(Object.entries(tagsOf(record)).filter(([key]) => !keys.includes(key))))
    return {}
  },
}

/** Throws InvalidParameterException for more than 50, and for AWS's own keys. */
export function checkedTags(tags: TagsRecord): TagsRecord {
  const keys = Object.keys(tags)
  // CloudFormation's own tags are accepted, because stacks mark their resources with them; callers may not use other `aws:` keys.
  if (keys.some((key) => /^aws:(?!cloudformation:)/i.test(key))) {
    throw new InvalidParameterException('Tag keys that start with aws: are reserved for internal use.')
  }
  if (keys.length > mostTags) throw new InvalidParameterException(`An identity pool has at most ${mostTags} tags.`)
  return tags
}

async function taggedPool(call: Call, arn: string): Promise<IdentityPoolRecord> {
  const poolId = arn.slice(arn.indexOf('/') + 1)
  if (arn !== identityPoolArn(call.scope, poolId)) {
    throw new InvalidParameterException(`${arn} is not the ARN of an identity pool of yours.`)
  }
  return ownPool(call, poolId)
}

function tagsOf({ pool }: IdentityPoolRecord): TagsRecord {
  return pool.IdentityPoolTags ?? {}
}

function keep(call: Call, record: IdentityPoolRecord, IdentityPoolTags: TagsRecord): void {
  const { pool } = record
  call.store.put('IdentityPool', [pool.IdentityPoolId], { ...record, pool: { ...pool, IdentityPoolTags } })
}
