// Tags of roles and users: what `aws:PrincipalTag/…` says of them. https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, Tag } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import { limitExceeded } from './faults.ts'
import { foundHolder } from './holder.ts'
import { pageOf, type PageInput, type PageOutput } from './page.ts'
import { tagsOf } from './shown.ts'

type Names = 'TagRole' | 'UntagRole' | 'ListRoleTags' | 'TagUser' | 'UntagUser' | 'ListUserTags'

/** IAM quotas. */
const mostTags = 50

export const tag: Handlers<Operations, Names, Call> = {
  TagRole: ({ RoleName, Tags }, call) => add(call, 'Role', RoleName, Tags),
  UntagRole: ({ RoleName, TagKeys }, call) => remove(call, 'Role', RoleName, TagKeys),
  ListRoleTags: async ({ RoleName, ...page }, call) => {
    const { items, rest } = await list(call, 'Role', RoleName, page)
    return { Tags: items, ...rest }
  },
  TagUser: ({ UserName, Tags }, call) => add(call, 'User', UserName, Tags),
  UntagUser: ({ UserName, TagKeys }, call) => remove(call, 'User', UserName, TagKeys),
  ListUserTags: async ({ UserName, ...page }, call) => {
    const { items, rest } = await list(call, 'User', UserName, page)
    return { Tags: items, ...rest }
  },
}

type Tagged = 'Role' | 'User'

/** A tag of the same key, in whatever case, is replaced. */
async function add(call: Call, kind: Tagged, name: string, given: readonly Tag[]): Promise<void> {
  const added = tagsOf(given)
  const record = await foundHolder(call, kind, name)
  const tags = { ...without(record.tags, Object.keys(added)), ...added }
  if (Object.keys(tags).length > mostTags) {
    throw limitExceeded(`Cannot exceed quota for TagsPer${kind}: ${mostTags}`)
  }
  call.store.put(kind, [name], { ...record, tags })
}

async function remove(call: Call, kind: Tagged, name: string, keys: readonly string[]): Promise<void> {
  const record = await foundHolder(call, kind, name)
  call.store.put(kind, [name], { ...record, tags: without(record.tags, keys) })
}

async function list(call: Call, kind: Tagged, name: string, page: PageInput): Promise<PageOutput<Tag>> {
  const { tags } = await foundHolder(call, kind, name)
  const all = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  return pageOf(all, ({ Key }) => Key, page)
}

function without(tags: Readonly<Record<string, string>>, keys: readonly string[]): Readonly<Record<string, string>> {
  const gone = new Set(keys.map((key) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())))
}
