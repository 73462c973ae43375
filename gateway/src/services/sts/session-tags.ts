// Session tags: those that a caller passes, and those that its own session hands on.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
import type { Tag } from '@sluice/aws-protocol/sts'
import type { ContextValue } from '@sluice/iam-policy'
import type { Session } from '../../nouns/session.ts'
import { invalidParameter } from './faults.ts'

export interface PassedTags {
  readonly Tags?: readonly Tag[] | undefined
  readonly TransitiveTagKeys?: readonly string[] | undefined
}

/** The tags of a session that is being made. */
export interface SessionTags {
  readonly tags: Readonly<Record<string, string>>
  readonly transitiveTagKeys: readonly string[]
  /** `aws:RequestTag/…`, `aws:TagKeys` and `sts:TransitiveTagKeys`: of what was passed, not of what was handed on. */
  readonly keys: readonly (readonly [name: string, value: ContextValue])[]
}

/**
 * The tags of a new session. Throws InvalidParameterValue for keys that come twice, for transitive keys that were not
 * passed, and for tags that the earlier session does not let change.
 */
export function sessionTags(
  { Tags = [], TransitiveTagKeys = [] }: PassedTags,
  before: Session | undefined,
): SessionTags {
  const passed = new Set(Tags.map(({ Key }) => Key.toLowerCase()))
  if (passed.size < Tags.length) {
    throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  if (!TransitiveTagKeys.every((key) => passed.has(key.toLowerCase()))) {
    throw invalidParameter('The specified transitive tag key must be included in the requested tags.')
  }
  const { tags: tagsBefore = {}, transitiveTagKeys: handedOn = [] } = before ?? {}
  if (handedOn.some((key) => passed.has(key.toLowerCase()))) {
    throw invalidParameter(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  const inherited = Object.entries(tagsBefore).filter(([key]) => handedOn.includes(key))
  return {
    tags: Object.fromEntries([...inherited, ...Tags.map(({ Key, Value }) => [Key, Value] as const)]),
    transitiveTagKeys: [...handedOn, ...Tags.map(({ Key }) => Key).filter((key) => isAmong(TransitiveTagKeys, key))],
    keys: [
      ...Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value] as const),
      ['aws:TagKeys', Tags.map(({ Key }) => Key)],
      ['sts:TransitiveTagKeys', TransitiveTagKeys],
    ],
  }
}

function isAmong(keys: readonly string[], key: string): boolean {
  return keys.some((other) => other.toLowerCase() === key.toLowerCase())
}
