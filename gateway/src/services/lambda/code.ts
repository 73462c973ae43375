// A function's code: a zip file kept as a blob and counted, or a folder used in place.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { CodeLocation } from '../../nouns/function-records.ts'
import type { Call } from '../call.ts'
import { invalidParameter, unavailable } from './faults.ts'
import type { LambdaParts } from './parts.ts'
import { unzippedBytes } from './zip-directory.ts'

/** Where code may come from, as CreateFunction (`Code`) and UpdateFunctionCode have it. */
export interface CodeSource {
  readonly ZipFile?: Uint8Array | undefined
  readonly S3Bucket?: string | undefined
  readonly S3Key?: string | undefined
  readonly S3ObjectVersion?: string | undefined
  readonly ImageUri?: string | undefined
  readonly SourceKMSKeyArn?: string | undefined
}

/** Code that has been checked, and what a configuration shows of it. */
export interface Code {
  readonly location: CodeLocation
  readonly sha256: string
  readonly sizeBytes: number
}

/** Our extension for local work: this bucket's keys are folders of this machine. */
const folderBucket = 'sluice-folder'

const largestUnzippedBytes = 262_144_000

/** Checks code and keeps a zip file's bytes. Throws InvalidParameterValueException. */
export async function readCode(source: CodeSource, { blobs, folders }: LambdaParts): Promise<Code> {
  const { ZipFile, S3Bucket, S3Key, ImageUri } = source
  if (ImageUri !== undefined) throw unavailable('ImageUri')
  if (source.SourceKMSKeyArn !== undefined) throw unavailable('SourceKMSKeyArn')
  if (ZipFile !== undefined && S3Bucket !== undefined) {
    throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.')
  }
  if (S3Bucket !== undefined) return readFolder(S3Bucket, S3Key, folders)
  if (ZipFile === undefined) throw invalidParameter('Please provide a source for function code.')
  if (ZipFile.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip')
  checkZip(ZipFile)
  const zipSha256 = await blobs.put(ZipFile)
  return {
    location: { zipSha256 },
    sha256: Buffer.from(zipSha256, 'hex').toString('base64'),
    sizeBytes: ZipFile.length,
  }
}

function checkZip(zip: Uint8Array): void {
  const bytes = unzippedBytes(zip)
  if (bytes === undefined) {
    throw invalidParameter('Could not unzip uploaded file. Please check your file, then try to upload again.')
  }
  if (bytes >= largestUnzippedBytes) {
    throw invalidParameter(`Unzipped size must be smaller than ${largestUnzippedBytes} bytes`)
  }
}

async function readFolder(bucket: string, folder: string | undefined, allowed: boolean): Promise<Code> {
  if (bucket !== folderBucket || !allowed) {
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: Sluice has no S3 (bucket ${bucket}): send the code as ZipFile.`,
    )
  }
  if (folder === undefined || !isAbsolute(folder)) {
    throw invalidParameter(`S3Key must be the absolute path of a folder when S3Bucket is ${folderBucket}.`)
  }
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() !== true) throw invalidParameter(`The code folder ${folder} does not exist.`)
  return { location: { folder }, sha256: createHash('sha256').update(folder).digest('base64'), sizeBytes: 0 }
}

/** Counts the versions of all functions that use a blob, in claims whose value is the count. */
const space = 'lambda-code'

/** Counts one more version that uses the code. */
export async function useCode(call: Call, location: CodeLocation): Promise<void> {
  if ('zipSha256' in location) await count(call, location.zipSha256, 1)
}

/** Counts one version less that uses the code. When none is left, the bytes are deleted after this call's commit. */
export async function releaseCode(call: Call, location: CodeLocation, { store, blobs }: LambdaParts): Promise<void> {
  if (!('zipSha256' in location)) return
  const { zipSha256 } = location
  if ((await count(call, zipSha256, -1)) > 0) return
  // This runs after the present transaction: it reads what was committed, and no other call can start to use the blob meanwhile.
  store
    .transact(call.scope, async (transaction) => {
      if ((await transaction.claimed(space, zipSha256)) === undefined) await blobs.delete(zipSha256)
    })
    // A failure (the store is closing, the disk full) leaves only an unused blob behind.
    .catch(() => {})
}

async function count({ store }: Call, zipSha256: string, change: 1 | -1): Promise<number> {
  const users = Number((await store.claimed(space, zipSha256)) ?? 0) + change
  store.release(space, zipSha256)
  if (users > 0) await store.claim(space, zipSha256, String(users))
  return users
}
