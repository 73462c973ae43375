// The part that roles, users and groups share: a name that is unique without regard to case, a path, an ARN, and policies.
import type { Records } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { alreadyExists, noSuchEntity } from './faults.ts'

/** The kinds of records that hold policies. */
export type Holder = 'Role' | 'User' | 'Group'

/** The role, user or group with this name. Throws NoSuchEntity. */
export async function foundHolder<K extends Holder>(call: Call, kind: K, name: string): Promise<Records[K]> {
  const record = await call.store.get(kind, [name])
  if (record === undefined) throw noSuchEntity(`The ${kind.toLowerCase()} with name ${name} cannot be found.`)
  return record
}

/** Throws EntityAlreadyExists when the account has one of that name, in whatever case. */
export async function checkNewHolder(call: Call, kind: Holder, name: string): Promise<void> {
  const entries = await call.store.list(kind, [])
  if (entries.some(({ key }) => key[0]?.toLowerCase() === name.toLowerCase())) {
    throw alreadyExists(`${kind} with name ${name} already exists.`)
  }
}

/** `arn:aws:iam::ACCOUNT:role/path/name`; the path begins and ends with `/`. */
export function identityArn(
  call: Call,
  kind: Holder | 'Policy' | 'Instance-Profile',
  path: string,
  name: string,
): string {
  return `arn:aws:iam::${call.scope.account}:${kind.toLowerCase()}${path}${name}`
}
