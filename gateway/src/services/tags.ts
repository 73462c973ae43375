// Tags of control-plane resources: their rules, their merging, and the tag that chooses an id in `dev`.
import { ServiceFault } from '@sluice/aws-protocol'
import type { Call } from './call.ts'

export type Tags = Readonly<Record<string, string>>

const mostTags = 50

/** The tag that names a new resource's id (docs: stable ids in `dev`). */
const customIdTag = '_custom_id_'

/**
 * `existing` with `added` over it. Throws BadRequestException when a tag breaks the rules: at most 50, keys of 1–128 and values
 * of at most 256 characters, no `aws:` keys. Source: API Gateway developer guide, tagging restrictions.
 */
export function mergedTags(existing: Tags | undefined, added: Tags | undefined): Tags | undefined {
  for (const [key, value] of Object.entries(added ?? {})) {
    // CloudFormation's own tags are accepted, because stacks mark their resources with them; callers may not use other `aws:` keys.
    if (/^aws:(?!cloudformation:)/i.test(key)) throw badTags('Tag keys starting with aws: are reserved for system use')
    if (key.length < 1 || key.length > 128) throw badTags('Tag key must be between 1 and 128 characters')
    if (value.length > 256) throw badTags('Tag value exceeds the maximum length of 256 characters')
  }
  const tags = { ...existing, ...added }
  const count = Object.keys(tags).length
  if (count > mostTags) throw badTags(`The number of tags exceeds the limit of ${mostTags}`)
  return count === 0 ? undefined : tags
}

/** `existing` without some keys; undefined when none is left. Absent keys are fine. */
export function withoutTags(existing: Tags | undefined, keys: readonly string[]): Tags | undefined {
  const left = Object.entries(existing ?? {}).filter(([key]) => !keys.includes(key))
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

/** The id of a new resource: its `_custom_id_` tag's value where the place allows that, else `length` random characters. */
export function newId(call: Call, tags: Tags | undefined, length: number): string {
  const chosen =
    call.customIds && tags !== undefined && Object.hasOwn(tags, customIdTag) ? tags[customIdTag] : undefined
  if (chosen === undefined) return call.ids.short(length)
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(chosen)) throw badTags(`Invalid ${customIdTag}: use 1 to 64 of a-zA-Z0-9_-`)
  return chosen
}

function badTags(message: string): ServiceFault {
  return new ServiceFault('BadRequestException', 400, message)
}
