// Watching code: every folder, the ones that come later too, and nothing that tools leave behind.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WatchedFolder } from './watched-folder.ts'

let folder: string
let watched: WatchedFolder

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-watched-'))
  await mkdir(join(folder, 'lib', 'deep'), { recursive: true })
  await mkdir(join(folder, 'node_modules', 'pet'), { recursive: true })
  watched = new WatchedFolder(folder)
  await watched.start()
})

afterEach(async () => {
  watched.close()
  await rm(folder, { recursive: true })
})

async function expectChange(isChanged: boolean): Promise<void> {
  if (isChanged) return expect.poll(() => watched.isChanged, { timeout: 5000 }).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(watched.isChanged).toBe(false)
}

test('a file in a folder below is a change', async () => {
  await writeFile(join(folder, 'lib', 'deep', 'pets.mjs'), '1')
  await expectChange(true)
})

test('a file in a folder that was made later is a change', async () => {
  await mkdir(join(folder, 'new'))
  await expectChange(true)
  // The folder itself was told; now wait until it is watched.
  await expect
    .poll(async () => {
      watched.isChanged = false
      await writeFile(join(folder, 'new', 'pets.mjs'), String(Math.random()))
      await new Promise((resolve) => setTimeout(resolve, 20))
      return watched.isChanged
    })
    .toBe(true)
})

test('byte code, editors’ files and installed packages are none', async () => {
  await mkdir(join(folder, '__pycache__'))
  await writeFile(join(folder, '__pycache__', 'pets.pyc'), '1')
  await writeFile(join(folder, 'pets.pyc'), '1')
  await writeFile(join(folder, 'lib', '.pets.mjs.swp'), '1')
  await writeFile(join(folder, 'node_modules', 'pet', 'index.js'), '1')
  await expectChange(false)
})

test('a folder that does not exist is not watched, and no error', async () => {
  const nowhere = new WatchedFolder(join(folder, 'nowhere'))
  await nowhere.start()
  nowhere.close()
  expect(nowhere.isChanged).toBe(false)
})
