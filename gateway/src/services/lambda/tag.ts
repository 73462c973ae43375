// Tags of functions, by the function's ARN. https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/lambda'
import type { FunctionRecord } from '../../nouns/function-records.ts'
import type { TagsRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { invalidParameter } from './faults.ts'
import { foundFunction } from './found.ts'
import { nameOf, type Named } from './name.ts'

const mostTags = 50
const longestKey = 128
const longestValue = 256

export const tag: Handlers<Operations, 'ListTags' | 'TagResource' | 'UntagResource', Call> = {
  ListTags: async (input, call) => ({
    Tags: (await foundFunction(call, taggable(call, 'ListTags', input.Resource))).tags,
  }),

  TagResource: async (input, call) => {
    const named = taggable(call, 'TagResource', input.Resource)
    const record = await foundFunction(call, named)
    keep(call, named, { ...record, tags: checkedTags({ ...record.tags, ...input.Tags }) })
  },

  UntagResource: async (input, call) => {
    const named = taggable(call, 'UntagResource', input.Resource)
    const record = await foundFunction(call, named)
    const removed = new Set(input.TagKeys)
    const left = Object.entries(record.tags).filter(([key]) => !removed.has(key))
    keep(call, named, { ...record, tags: Object.fromEntries(left) })
  },
}

/** Throws InvalidParameterValueException for too many tags, too long ones, and names that are AWS's own. */
export function checkedTags(tags: TagsRecord): TagsRecord {
  const entries = Object.entries(tags)
  if (entries.length > mostTags) throw invalidParameter(`Number of user tags exceeds the limit of ${mostTags}.`)
  for (const [key, value] of entries) {
    if (key === '' || key.length > longestKey || value.length > longestValue) {
      throw invalidParameter(`Tag keys have 1 to ${longestKey} characters, and their values at most ${longestValue}.`)
    }
    if (/^aws:/i.test(key)) throw invalidParameter('Tag keys starting with aws: are reserved.')
  }
  return tags
}

function taggable(call: Call, action: string, arn: string): Named {
  if (!arn.includes(':function:')) throw invalidParameter(`${arn} is no function; only functions are tagged here.`)
  const named = nameOf(call, action, arn)
  if (named.qualifier === undefined) return named
  throw invalidParameter(
    'Tags on function aliases and versions are not supported. Please specify either a function ARN.',
  )
}

function keep(call: Call, { name }: Named, record: FunctionRecord): void {
  call.store.put('Function', [name, '$LATEST'], record)
}
