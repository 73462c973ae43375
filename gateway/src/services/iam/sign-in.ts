// The credentials with which users sign in to AWS's console and code repositories. No user has any here, but tools that
// delete a user ask for them first.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import { callerName } from './caller.ts'
import { noSuchEntity } from './faults.ts'
import { foundHolder } from './holder.ts'

type Names =
  | 'GetLoginProfile'
  | 'DeleteLoginProfile'
  | 'ListMFADevices'
  | 'ListVirtualMFADevices'
  | 'ListSSHPublicKeys'
  | 'ListSigningCertificates'
  | 'ListServiceSpecificCredentials'

export const signIn: Handlers<Operations, Names, Call> = {
  GetLoginProfile: ({ UserName }, call) => noLoginProfile(call, UserName),
  DeleteLoginProfile: ({ UserName }, call) => noLoginProfile(call, UserName),
  ListMFADevices: async ({ UserName }, call) => {
    await checkUser(call, UserName)
    return { MFADevices: [], IsTruncated: false }
  },
  ListVirtualMFADevices: () => ({ VirtualMFADevices: [], IsTruncated: false }),
  ListSSHPublicKeys: async ({ UserName }, call) => {
    await checkUser(call, UserName)
    return { SSHPublicKeys: [], IsTruncated: false }
  },
  ListSigningCertificates: async ({ UserName }, call) => {
    await checkUser(call, UserName)
    return { Certificates: [], IsTruncated: false }
  },
  ListServiceSpecificCredentials: async ({ UserName, AllUsers }, call) => {
    if (AllUsers !== true) await checkUser(call, UserName)
    return { ServiceSpecificCredentials: [], IsTruncated: false }
  },
}

async function noLoginProfile(call: Call, userName: string | undefined): Promise<never> {
  const name = userName ?? callerName(call) ?? 'root'
  if (name !== 'root') await checkUser(call, name)
  throw noSuchEntity(`Login Profile for User ${name} cannot be found.`)
}

/** Checks that the named user exists, or the caller itself when none is named. Throws NoSuchEntity. */
async function checkUser(call: Call, userName: string | undefined): Promise<void> {
  const name = userName ?? callerName(call)
  if (name !== undefined) await foundHolder(call, 'User', name)
}
