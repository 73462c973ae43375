// Deployment packages: what is unpacked, and what is refused before or while it is.
import { access, chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import type { Zippable } from 'fflate'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeSha256, CodeStore } from './code.ts'
import { readZip, readZipEntry } from './zip.ts'

const budget = { unpackedBytes: 10_000, zipEntries: 20 }
const linkAttributes = { os: 3, attrs: 0o120777 << 16 } as const

let folder = ''
let store: CodeStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-zip-'))
  store = new CodeStore(folder, budget)
})

afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

function zip(entries: Zippable): Uint8Array {
  return zipSync(entries)
}

const text = (content: string): Uint8Array => Buffer.from(content)

describe('unpacking', () => {
  test('keeps content, folders and exec bits', async () => {
    const place = await store.acquire({
      zip: zip({
        'a/b.txt': text('hello'),
        run: [text('#!/bin/sh'), { os: 3, attrs: 0o100755 << 16 }],
        'stored.txt': [text('as it is'), { level: 0 }],
        'empty/': new Uint8Array(0),
        'nothing.txt': new Uint8Array(0),
      }),
    })
    expect(await readFile(join(place.folder, 'a/b.txt'), 'utf8')).toBe('hello')
    expect(await readFile(join(place.folder, 'stored.txt'), 'utf8')).toBe('as it is')
    expect(await readFile(join(place.folder, 'nothing.txt'), 'utf8')).toBe('')
    expect((await stat(join(place.folder, 'run'))).mode & 0o777).toBe(0o755)
    expect((await stat(join(place.folder, 'a/b.txt'))).mode & 0o777).toBe(0o644)
    expect((await stat(join(place.folder, 'empty'))).isDirectory()).toBe(true)
  })

  test('unpacks the same bytes once, and removes them with the last holder', async () => {
    const bytes = zip({ 'a.txt': text('a') })
    const [first, second] = await Promise.all([store.acquire({ zip: bytes }), store.acquire({ zip: bytes })])
    expect(first.folder).toBe(second.folder)
    expect(first.sha256).toBe(codeSha256(bytes))
    await first.release()
    await access(second.folder)
    await second.release()
    await expect(access(second.folder)).rejects.toThrow('ENOENT')
  })

  test('removes what a process that is gone has left', async () => {
    const { mkdir } = await import('node:fs/promises')
    // No process has this id: it is above what Linux and macOS give out.
    await mkdir(join(folder, 'lambda-999999999-00'))
    await store.acquire({ zip: zip({ 'a.txt': text('a') }) })
    expect(await readdir(folder)).toEqual([expect.stringMatching(`^lambda-${process.pid}-`)])
  })

  test('makes links that stay inside', async () => {
    const place = await store.acquire({
      zip: zip({ 'lib/real.txt': text('real'), 'bin/link.txt': [text('../lib/real.txt'), linkAttributes] }),
    })
    expect(await readFile(join(place.folder, 'bin/link.txt'), 'utf8')).toBe('real')
    expect(await realpath(join(place.folder, 'bin/link.txt'))).toBe(join(place.folder, 'lib/real.txt'))
  })

  test('uses a folder in place', async () => {
    const place = await store.acquire({ folder })
    expect(place.folder).toBe(await realpath(folder))
    expect(place.sha256).toBeUndefined()
    await place.release()
    await access(folder)
    await expect(store.acquire({ folder: join(folder, 'nowhere') })).rejects.toThrow('does not exist')
  })
})

describe('refusals', () => {
  const refused = async (bytes: Uint8Array): Promise<string> => {
    const fault: unknown = await store.acquire({ zip: bytes }).catch((cause: unknown) => cause)
    expect(fault).toMatchObject({ name: 'RuntimeFault', code: 'InvalidZip' })
    return fault instanceof Error ? fault.message : ''
  }

  test.each(['../evil.txt', 'a/../../evil.txt', '/etc/evil', 'a\\..\\..\\evil', 'C:/evil', 'a/b\0c'])(
    'refuses the path %j',
    async (path) => {
      expect(await refused(zip({ 'ok.txt': text('ok'), [path]: text('evil') }))).toContain(
        'is not a path inside the archive',
      )
    },
  )

  test.each(['/etc/passwd', '../../..', 'nowhere'])('refuses a link to %j', async (target) => {
    expect(await refused(zip({ 'a/link': [text(target), linkAttributes] }))).toBe(
      'Could not unzip uploaded file: the link "a/link" leads outside',
    )
    expect(await readdir(join(folder, (await readdir(folder))[0] ?? ''))).toEqual([])
  })

  test('refuses a chain of links that leads outside step by step', async () => {
    const bytes = zip({
      'a/b/c/up': [text('../../..'), linkAttributes],
      'a/out': [text('b/c/up/../..'), linkAttributes],
    })
    expect(await refused(bytes)).toContain('leads outside')
  })

  test('refuses a file that would be written through a link', async () => {
    await refused(zip({ dir: [text('/tmp'), linkAttributes], 'dir/evil.txt': text('evil') }))
  })

  test('refuses too many bytes, by their own account', async () => {
    expect(await refused(zip({ big: new Uint8Array(10_001) }))).toContain('it is larger than 10000 bytes')
  })

  test('refuses more bytes than an entry admits to', async () => {
    const bytes = Buffer.from(zip({ bomb: new Uint8Array(9_000_000) }))
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    bytes.writeUInt32LE(100, directory + 24)
    expect(await refused(bytes)).toContain('bomb is damaged')
  })

  test('refuses too many entries', async () => {
    const entries = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`${index}`, new Uint8Array(0)]))
    expect(await refused(zip(entries))).toContain('it has 21 entries, more than 20')
  })

  test('refuses changed bytes', async () => {
    const bytes = Buffer.from(zip({ 'a.txt': [text('hello'), { level: 0 }] }))
    bytes[bytes.indexOf('hello')] = 0x48
    expect(await refused(bytes)).toContain('a.txt is damaged')
  })

  test('refuses what is no zip', async () => {
    expect(await refused(text('exports.handler = 1'))).toContain('it is not a zip archive')
    expect(await refused(new Uint8Array(0))).toContain('it is not a zip archive')
  })

  test('of damaged archives, gives entries or its own fault, never another error', async () => {
    const bytes = zip({ 'a/b.txt': text('hello hello hello'), 'c.txt': text('x') })
    const damages = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(damages, async (damages) => {
        const damaged = Buffer.from(bytes)
        for (const [offset, value] of damages) damaged[offset] = value
        try {
          for (const entry of readZip(damaged, budget)) await readZipEntry(damaged, entry)
        } catch (fault) {
          expect(fault).toMatchObject({ code: 'InvalidZip' })
        }
      }),
      { numRuns: 300 },
    )
  })
})

test('a folder that others could have made or may write to is refused, where everybody may write', async () => {
  const open = join(folder, 'tmp')
  await mkdir(open)
  await chmod(open, 0o1777)
  const code = { zip: zip({ a: text('1') }) }
  const own = new CodeStore(join(open, 'own'), budget)
  expect((await own.acquire(code)).folder.startsWith(join(open, 'own'))).toBe(true)
  await own.close()
  await mkdir(join(open, 'theirs'))
  await chmod(join(open, 'theirs'), 0o777)
  const theirs = new CodeStore(join(open, 'theirs'), budget)
  await expect(theirs.acquire(code)).rejects.toThrow(`${join(open, 'theirs')} is not this user's alone`)
})
