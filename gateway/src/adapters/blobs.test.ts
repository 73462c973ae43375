// Blobs in a folder: whole or not there, and nothing left of those that never became whole.
import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFolderBlobs } from './blobs.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-blobs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** SHA-256 of `abc`, FIPS 180-2. */
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

test('a blob is found by its hash, by another process too, until it is deleted', async () => {
  const folder = await temporaryFolder()
  const blobs = createFolderBlobs(folder)
  expect(await blobs.put(Buffer.from('abc'))).toBe(abc)
  expect(await createFolderBlobs(folder).get(abc)).toEqual(Buffer.from('abc'))
  await blobs.delete(abc)
  expect(await blobs.get(abc)).toBeUndefined()
})

test('what a killed process had not written whole is removed', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'new'))
  await writeFile(join(folder, 'new', 'half'), 'ab')
  const blobs = createFolderBlobs(folder)
  await blobs.put(Buffer.from('abc'))
  expect(await readdir(join(folder, 'new'))).toEqual([])
})

test('what cannot be written leaves nothing behind', async () => {
  const folder = await temporaryFolder()
  const blobs = createFolderBlobs(folder)
  // A folder where the blob would be.
  await mkdir(join(folder, 'ba', abc, 'in the way'), { recursive: true })
  await expect(blobs.put(Buffer.from('abc'))).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
  expect(await readdir(join(folder, 'new'))).toEqual([])
})
