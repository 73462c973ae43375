// Tags of sampling rules: the one kind of X-Ray's resources here that has any.
import type { Handlers } from '@sluice/aws-protocol'
import { ResourceNotFoundException, TooManyTagsException, type Operations, type Tag } from '@sluice/aws-protocol/xray'
import type { SamplingRuleRecord, TagsRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

const mostTags = 50

export const tag: Handlers<Operations, 'ListTagsForResource' | 'TagResource' | 'UntagResource', Call> = {
  ListTagsForResource: async ({ ResourceARN: arn }, call) => {
    const { tags = {} } = await taggedRule(call, arn)
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
  TagResource: async ({ ResourceARN: arn, Tags }, call) => {
    const record = await taggedRule(call, arn)
    putTags(call, record, mergedRuleTags(arn, record.tags ?? {}, Tags))
    return {}
  },
  UntagResource: async ({ ResourceARN: arn, TagKeys: keys }, call) => {
    const record = await taggedRule(call, arn)
    putTags(call, record, Object.fromEntries(Object.entries(record.tags ?? {}).filter(([key]) => !keys.includes(key))))
    return {}
  },
}

/** Throws TooManyTagsException when more than 50 are left. */
export function mergedRuleTags(arn: string, known: TagsRecord, added: readonly Tag[]): TagsRecord {
  const merged = Object.fromEntries([...Object.entries(known), ...added.map(({ Key, Value }) => [Key, Value] as const)])
  if (Object.keys(merged).length <= mostTags) return merged
  throw new TooManyTagsException(`A resource may have ${mostTags} tags`, { ResourceName: arn })
}

async function taggedRule(call: Call, arn: string): Promise<SamplingRuleRecord> {
  const record = await call.store.get('SamplingRule', [arn.slice(arn.indexOf('/') + 1)])
  if (record?.rule.RuleARN === arn) return record
  throw new ResourceNotFoundException(`There is no resource ${arn}`, { ResourceName: arn })
}

function putTags(call: Call, record: SamplingRuleRecord, tags: TagsRecord): void {
  call.store.put('SamplingRule', [record.rule.RuleName ?? ''], { ...record, tags })
}
