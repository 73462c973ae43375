// Change notes into the changelog, in a folder of the test's own.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-release-'))
  mkdirSync(join(folder, 'changes'))
  writeFileSync(join(folder, 'changes/README.md'), '# Change notes\n')
  writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\nNewest first.\n')
  writeFileSync(join(folder, 'package.json'), '{\n  "version": "0.1.0"\n}\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const note = (name: string, text: string): void => writeFileSync(join(folder, 'changes', name), text)

function release(...args: string[]) {
  const script = join(import.meta.dirname, 'release.ts')
  const env = { ...process.env, SLUICE_RELEASE_ROOT: folder }
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env })
  return { status, stderr }
}

test('folds notes by kind above the older releases, sets the version and removes the notes', () => {
  note('b.md', 'kind: fixed\n\nB works.\nIt did not.\n')
  note('a.md', 'kind: added\n\nA is new.\n')
  expect(release('0.2.0', '2026-11-20')).toEqual({ status: 0, stderr: '' })
  note('c.md', 'kind: changed\n\nC differs.\n')
  expect(release('0.3.0', '2026-12-01')).toEqual({ status: 0, stderr: '' })
  expect(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')).toBe(
    '# Changelog\n\nNewest first.\n\n## 0.3.0 (2026-12-01)\n\n### Changed\n\n- C differs.\n\n' +
      '## 0.2.0 (2026-11-20)\n\n### Added\n\n- A is new.\n\n### Fixed\n\n- B works. It did not.\n',
  )
  expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('{\n  "version": "0.3.0"\n}\n')
  expect(readdirSync(join(folder, 'changes'))).toEqual(['README.md'])
})

test.each([
  ['a note without a kind', 'B works.\n', '0.2.0', 'begin with "kind: added"'],
  ['a kind that is none', 'kind: constructor\n\nB.\n', '0.2.0', 'begin with "kind: added"'],
  ['no version', 'kind: added\n\nB.\n', 'next', 'Say which version'],
])('refuses %s and changes nothing', (_what, text, version, sentence) => {
  note('b.md', text)
  const { status, stderr } = release(version)
  expect(status).toBe(2)
  expect(stderr).toContain(sentence)
  expect(readdirSync(join(folder, 'changes')).sort()).toEqual(['README.md', 'b.md'])
  expect(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')).toBe('# Changelog\n\nNewest first.\n')
})

test('refuses to release nothing', () => {
  expect(release('0.2.0')).toEqual({ status: 2, stderr: 'There is nothing to release: changes/ has no notes.\n' })
})
