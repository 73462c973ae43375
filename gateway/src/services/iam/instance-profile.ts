// Instance profiles hand a role to machines. Here are no machines, but what makes roles makes their profiles too.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
import type { Handlers } from '@sluice/aws-protocol'
import type { InstanceProfile, Operations } from '@sluice/aws-protocol/iam'
import type { InstanceProfileRecord, RoleRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { uniqueId } from './credentials.ts'
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from './faults.ts'
import { foundHolder, identityArn } from './holder.ts'
import { pageOf } from './page.ts'
import { shownRole } from './role.ts'
import { shownTags, tagsOf } from './shown.ts'

type Names =
  | 'CreateInstanceProfile'
  | 'GetInstanceProfile'
  | 'ListInstanceProfiles'
  | 'ListInstanceProfilesForRole'
  | 'DeleteInstanceProfile'
  | 'AddRoleToInstanceProfile'
  | 'RemoveRoleFromInstanceProfile'

export const instanceProfile: Handlers<Operations, Names, Call> = {
  CreateInstanceProfile: async ({ InstanceProfileName: name, Path: path = '/', Tags }, call) => {
    const profiles = await call.store.list('InstanceProfile', [])
    if (profiles.some(({ key }) => key[0]?.toLowerCase() === name.toLowerCase())) {
      throw alreadyExists(`Instance Profile ${name} already exists.`)
    }
    const record: InstanceProfileRecord = {
      instanceProfileName: name,
      instanceProfileId: uniqueId('AIPA'),
      path,
      arn: identityArn(call, 'Instance-Profile', path, name),
      createDate: nowSeconds(call),
      tags: tagsOf(Tags),
    }
    call.store.put('InstanceProfile', [name], record)
    return { InstanceProfile: await whole(call, record) }
  },
  GetInstanceProfile: async ({ InstanceProfileName }, call) => ({
    InstanceProfile: await whole(call, await foundProfile(call, InstanceProfileName)),
  }),
  ListInstanceProfiles: async ({ PathPrefix = '/', ...page }, call) => {
    const profiles = (await call.store.list('InstanceProfile', [])).map(({ record }) => record)
    const wanted = profiles.filter(({ path }) => path.startsWith(PathPrefix))
    const { items, rest } = pageOf(wanted, ({ instanceProfileName }) => instanceProfileName, page)
    return { InstanceProfiles: await Promise.all(items.map((record) => shown(call, record))), ...rest }
  },
  ListInstanceProfilesForRole: async ({ RoleName, ...page }, call) => {
    const role = await foundHolder(call, 'Role', RoleName)
    const { items, rest } = pageOf(await profilesOf(call, role), (profile) => profile.InstanceProfileName, page)
    return { InstanceProfiles: items, ...rest }
  },
  DeleteInstanceProfile: async ({ InstanceProfileName }, call) => {
    const { roleName } = await foundProfile(call, InstanceProfileName)
    if (roleName !== undefined) throw deleteConflict('remove roles from instance profile')
    call.store.delete('InstanceProfile', [InstanceProfileName])
  },
  AddRoleToInstanceProfile: async ({ InstanceProfileName, RoleName }, call) => {
    const record = await foundProfile(call, InstanceProfileName)
    const { arn: resource } = await foundHolder(call, 'Role', RoleName)
    const conditions = [['iam:PassedToService', 'ec2.amazonaws.com']] as const
    call.require?.({ action: 'iam:PassRole', resource, conditions })
    if (record.roleName !== undefined) {
      throw limitExceeded('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1')
    }
    call.store.put('InstanceProfile', [InstanceProfileName], { ...record, roleName: RoleName })
  },
  RemoveRoleFromInstanceProfile: async ({ InstanceProfileName, RoleName }, call) => {
    const record = await foundProfile(call, InstanceProfileName)
    if (record.roleName !== RoleName) throw noSuchEntity(`The role with name ${RoleName} cannot be found.`)
    call.store.put('InstanceProfile', [InstanceProfileName], { ...record, roleName: undefined })
  },
}

/** The instance profile with this name. Throws NoSuchEntity. */
export async function foundProfile(call: Call, name: string): Promise<InstanceProfileRecord> {
  const record = await call.store.get('InstanceProfile', [name])
  if (record === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`)
  return record
}

/** The profiles that hand out a role. */
export async function profilesOf(call: Call, role: RoleRecord): Promise<readonly InstanceProfile[]> {
  const profiles = (await call.store.list('InstanceProfile', [])).map(({ record }) => record)
  return profiles.filter(({ roleName }) => roleName === role.roleName).map((record) => shownWith(record, role))
}

async function whole(call: Call, record: InstanceProfileRecord): Promise<InstanceProfile> {
  return { ...(await shown(call, record)), ...shownTags(record.tags) }
}

async function shown(call: Call, record: InstanceProfileRecord): Promise<InstanceProfile> {
  return shownWith(record, record.roleName === undefined ? undefined : await foundHolder(call, 'Role', record.roleName))
}

function shownWith(record: InstanceProfileRecord, role: RoleRecord | undefined): InstanceProfile {
  return {
    Path: record.path,
    InstanceProfileName: record.instanceProfileName,
    InstanceProfileId: record.instanceProfileId,
    Arn: record.arn,
    CreateDate: record.createDate,
    Roles: role === undefined ? [] : [shownRole(role)],
  }
}
