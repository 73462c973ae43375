// Access keys of users and of the account's root. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
import type { Handlers } from '@sluice/aws-protocol'
import type { AccessKey, NoSuchEntityException, Operations } from '@sluice/aws-protocol/iam'
import type { AccessKeyRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { callerName } from './caller.ts'
import { newAccessKeyId, newSecretAccessKey } from './credentials.ts'
import { limitExceeded, noSuchEntity, validationError } from './faults.ts'
import { foundHolder } from './holder.ts'
import { pageOf } from './page.ts'

type Names = 'CreateAccessKey' | 'ListAccessKeys' | 'UpdateAccessKey' | 'DeleteAccessKey' | 'GetAccessKeyLastUsed'

/** IAM quotas. */
const mostKeysPerUser = 2

/** Ids are claimed over all accounts; the claim's value is the account, which services/identity.ts reads. */
const space = 'access-key'

export const accessKey: Handlers<Operations, Names, Call> = {
  CreateAccessKey: async ({ UserName }, call) => {
    const userName = await ownerOf(call, UserName)
    if ((await keysOf(call, userName)).length >= mostKeysPerUser) {
      throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${mostKeysPerUser}`)
    }
    const record: AccessKeyRecord = {
      accessKeyId: newAccessKeyId(),
      secretAccessKey: newSecretAccessKey(),
      userName,
      status: 'Active',
      createDate: nowSeconds(call),
    }
    if (!(await call.store.claim(space, record.accessKeyId, call.scope.account))) {
      throw new Error(`the access key id ${record.accessKeyId} is taken`)
    }
    call.store.put('AccessKey', [record.accessKeyId], record)
    return { AccessKey: { ...shown(record), SecretAccessKey: record.secretAccessKey } }
  },
  ListAccessKeys: async (input, call) => {
    const keys = await keysOf(call, await ownerOf(call, input.UserName))
    const { items, rest } = pageOf(keys, ({ accessKeyId }) => accessKeyId, input)
    return { AccessKeyMetadata: items.map(shown), ...rest }
  },
  UpdateAccessKey: async ({ UserName, AccessKeyId, Status }, call) => {
    if (Status === 'Expired') throw validationError('An access key can be made Active or Inactive.')
    const record = await foundKey(call, await ownerOf(call, UserName), AccessKeyId)
    call.store.put('AccessKey', [AccessKeyId], { ...record, status: Status })
  },
  DeleteAccessKey: async ({ UserName, AccessKeyId }, call) => {
    await foundKey(call, await ownerOf(call, UserName), AccessKeyId)
    call.store.delete('AccessKey', [AccessKeyId])
    call.store.release(space, AccessKeyId)
  },
  // Uses are not recorded, so the answer is AWS's for a key that was never used, as services/unenforced.ts says.
  GetAccessKeyLastUsed: async ({ AccessKeyId }, call) => {
    const record = await call.store.get('AccessKey', [AccessKeyId])
    if (record === undefined) throw noSuchKey(AccessKeyId)
    return { UserName: record.userName ?? 'root', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } }
  },
}

/** The user whose keys a call is about; undefined for the account's root. */
async function ownerOf(call: Call, userName: string | undefined): Promise<string | undefined> {
  const name = userName ?? callerName(call)
  return name === undefined ? undefined : (await foundHolder(call, 'User', name)).userName
}

async function keysOf(call: Call, userName: string | undefined): Promise<readonly AccessKeyRecord[]> {
  const entries = await call.store.list('AccessKey', [])
  return entries.map(({ record }) => record).filter((record) => record.userName === userName)
}

async function foundKey(call: Call, userName: string | undefined, accessKeyId: string): Promise<AccessKeyRecord> {
  const record = await call.store.get('AccessKey', [accessKeyId])
  if (record === undefined || record.userName !== userName) throw noSuchKey(accessKeyId)
  return record
}

function noSuchKey(accessKeyId: string): NoSuchEntityException {
  return noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`)
}

function shown({
  userName = 'root',
  accessKeyId,
  status,
  createDate,
}: AccessKeyRecord): Omit<AccessKey, 'SecretAccessKey'> {
  return { UserName: userName, AccessKeyId: accessKeyId, Status: status, CreateDate: createDate }
}
