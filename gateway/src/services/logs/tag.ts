// Tags of log groups, by ARN and, as older clients have it, by name.
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidParameterException, TooManyTagsException, type Operations } from '@sluice/aws-protocol/logs'
import { parseLogGroupArn } from '../../nouns/log-group-arn.ts'
import type { Scope } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { noSuchGroup, type LogsParts } from './parts.ts'

type Tags = Readonly<Record<string, string>>

type Names =
  | 'ListTagsForResource'
  | 'ListTagsLogGroup'
  | 'TagLogGroup'
  | 'TagResource'
  | 'UntagLogGroup'
  | 'UntagResource'

const mostTags = 50

export function tagHandlers({ logs }: LogsParts): Handlers<Operations, Names, Call> {
  const tagsOf = (scope: Scope, name: string): Tags => {
    const found = logs.groups(scope).find((group) => group.name === name)
    if (found === undefined) throw noSuchGroup()
    return found.tags
  }
  const add = (scope: Scope, name: string, tags: Tags): void => {
    logs.changeGroup(scope, name, { tags: checkedTags({ ...tagsOf(scope, name), ...tags }, name) })
  }
  const remove = (scope: Scope, name: string, keys: readonly string[]): void => {
    const removed = new Set(keys)
    const left = Object.entries(tagsOf(scope, name)).filter(([key]) => !removed.has(key))
    logs.changeGroup(scope, name, { tags: Object.fromEntries(left) })
  }
  return {
    TagResource: ({ resourceArn, tags }, { scope }) => add(scope, groupOf(resourceArn), tags),
    UntagResource: ({ resourceArn, tagKeys }, { scope }) => remove(scope, groupOf(resourceArn), tagKeys),
    ListTagsForResource: ({ resourceArn }, { scope }) => ({ tags: tagsOf(scope, groupOf(resourceArn)) }),
    TagLogGroup: ({ logGroupName, tags }, { scope }) => add(scope, logGroupName, tags),
    UntagLogGroup: ({ logGroupName, tags }, { scope }) => remove(scope, logGroupName, tags),
    ListTagsLogGroup: ({ logGroupName }, { scope }) => ({ tags: tagsOf(scope, logGroupName) }),
  }
}

/** Throws TooManyTagsException, and InvalidParameterException for names that are AWS's own. */
export function checkedTags(tags: Tags, resourceName: string): Tags {
  const keys = Object.keys(tags)
  if (keys.length > mostTags) {
    throw new TooManyTagsException(`The maximum number of tags per resource is ${mostTags}.`, { resourceName })
  }
  if (keys.some((key) => /^aws:/i.test(key))) {
    throw new InvalidParameterException('aws: prefixed tag key names are not allowed for external use.')
  }
  return tags
}

/** Only log groups have tags here. */
function groupOf(arn: string): string {
  const group = parseLogGroupArn(arn)
  if (group === undefined) throw new InvalidParameterException(`${arn} is no ARN of a log group.`)
  return group.name
}
