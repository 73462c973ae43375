// Tags of roles, users, policies, OIDC providers and instance profiles. Those of roles and users are what `aws:PrincipalTag/…` says of them.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, Tag } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import { limitExceeded } from './faults.ts'
import { foundHolder } from './holder.ts'
import { foundProfile } from './instance-profile.ts'
import { foundPolicy } from './managed-policy-rules.ts'
import { foundProvider } from './openid-provider.ts'
import { pageOf, type PageInput, type PageOutput } from './page.ts'
import { tagsOf } from './shown.ts'

type Names =
  | 'TagRole'
  | 'UntagRole'
  | 'ListRoleTags'
  | 'TagUser'
  | 'UntagUser'
  | 'ListUserTags'
  | 'TagPolicy'
  | 'UntagPolicy'
  | 'ListPolicyTags'
  | 'TagOpenIDConnectProvider'
  | 'UntagOpenIDConnectProvider'
  | 'ListOpenIDConnectProviderTags'
  | 'TagInstanceProfile'
  | 'UntagInstanceProfile'
  | 'ListInstanceProfileTags'

/** IAM quotas. */
const mostTags = 50

export const tag: Handlers<Operations, Names, Call> = {
  TagRole: async ({ RoleName, Tags }, call) => add(await holder(call, 'Role', RoleName), Tags),
  UntagRole: async ({ RoleName, TagKeys }, call) => remove(await holder(call, 'Role', RoleName), TagKeys),
  ListRoleTags: async ({ RoleName, ...page }, call) => shown(await holder(call, 'Role', RoleName), page),
  TagUser: async ({ UserName, Tags }, call) => add(await holder(call, 'User', UserName), Tags),
  UntagUser: async ({ UserName, TagKeys }, call) => remove(await holder(call, 'User', UserName), TagKeys),
  ListUserTags: async ({ UserName, ...page }, call) => shown(await holder(call, 'User', UserName), page),
  TagPolicy: async ({ PolicyArn, Tags }, call) => add(await policy(call, PolicyArn), Tags),
  UntagPolicy: async ({ PolicyArn, TagKeys }, call) => remove(await policy(call, PolicyArn), TagKeys),
  ListPolicyTags: async ({ PolicyArn, ...page }, call) => shown(await policy(call, PolicyArn), page),
  TagOpenIDConnectProvider: async ({ OpenIDConnectProviderArn: arn, Tags }, call) =>
    add(await provider(call, arn), Tags),
  UntagOpenIDConnectProvider: async ({ OpenIDConnectProviderArn: arn, TagKeys }, call) =>
    remove(await provider(call, arn), TagKeys),
  ListOpenIDConnectProviderTags: async ({ OpenIDConnectProviderArn: arn, ...page }, call) =>
    shown(await provider(call, arn), page),
  TagInstanceProfile: async ({ InstanceProfileName: name, Tags }, call) => add(await profile(call, name), Tags),
  UntagInstanceProfile: async ({ InstanceProfileName: name, TagKeys }, call) =>
    remove(await profile(call, name), TagKeys),
  ListInstanceProfileTags: async ({ InstanceProfileName: name, ...page }, call) =>
    shown(await profile(call, name), page),
}

type Tags = Readonly<Record<string, string>>

/** Something that has tags. */
interface Tagged {
  /** As the quota's name has it. */
  readonly kind: 'Role' | 'User' | 'Policy' | 'OpenIdConnectProvider' | 'InstanceProfile'
  readonly tags: Tags
  readonly keep: (tags: Tags) => void
}

async function holder(call: Call, kind: 'Role' | 'User', name: string): Promise<Tagged> {
  const record = await foundHolder(call, kind, name)
  return { kind, tags: record.tags, keep: (tags) => call.store.put(kind, [name], { ...record, tags }) }
}

async function policy(call: Call, arn: string): Promise<Tagged> {
  const record = await foundPolicy(call, arn)
  const keep = (tags: Tags): void => call.store.put('ManagedPolicy', [arn], { ...record, tags })
  return { kind: 'Policy', tags: record.tags, keep }
}

async function provider(call: Call, arn: string): Promise<Tagged> {
  const record = await foundProvider(call, arn)
  const keep = (tags: Tags): void => call.store.put('OpenIdProvider', [arn], { ...record, tags })
  return { kind: 'OpenIdConnectProvider', tags: record.tags, keep }
}

async function profile(call: Call, name: string): Promise<Tagged> {
  const record = await foundProfile(call, name)
  const keep = (tags: Tags): void => call.store.put('InstanceProfile', [name], { ...record, tags })
  return { kind: 'InstanceProfile', tags: record.tags, keep }
}

/** A tag of the same key, in whatever case, is replaced. */
function add({ kind, tags: before, keep }: Tagged, given: readonly Tag[]): void {
  const added = tagsOf(given)
  const tags = { ...without(before, Object.keys(added)), ...added }
  if (Object.keys(tags).length > mostTags) throw limitExceeded(`Cannot exceed quota for TagsPer${kind}: ${mostTags}`)
  keep(tags)
}

function remove({ tags, keep }: Tagged, keys: readonly string[]): void {
  keep(without(tags, keys))
}

function shown({ tags }: Tagged, page: PageInput): PageOutput<Tag>['rest'] & { readonly Tags: readonly Tag[] } {
  const all = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const { items, rest } = pageOf(all, ({ Key }) => Key, page)
  return { Tags: items, ...rest }
}

function without(tags: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys.map((key) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())))
}
