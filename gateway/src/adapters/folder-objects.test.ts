// Objects of a folder that stands for S3 buckets: found, missing, and never outside of it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFolderObjects } from './folder-objects.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-objects-'))
  await mkdir(join(folder, 'bucket', 'deep'), { recursive: true })
  await writeFile(join(folder, 'bucket', 'deep', 'a.pem'), 'a')
  await writeFile(join(folder, 'outside'), 'secret')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('an object is a file in the folder of its bucket', async () => {
  const objects = createFolderObjects(folder)
  expect(Buffer.from((await objects.read('bucket', 'deep/a.pem')) ?? []).toString()).toBe('a')
  expect(await objects.read('bucket', 'deep')).toBe(undefined)
  expect(await objects.read('bucket', 'deep/a.pem/b')).toBe(undefined)
  expect(await objects.read('none', 'a')).toBe(undefined)
  expect(await createFolderObjects(undefined).read('bucket', 'deep/a.pem')).toBe(undefined)
})

test.each([
  ['bucket', '../outside'],
  ['..', 'outside'],
  ['.', 'outside'],
  ['bucket', 'deep/../../outside'],
  ['bucket', 'a\0b'],
])('%s/%s leads nowhere', async (bucket, key) => {
  expect(await createFolderObjects(folder).read(bucket, key)).toBe(undefined)
})
