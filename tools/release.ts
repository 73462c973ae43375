// Folds changes/*.md into CHANGELOG.md under a version, and sets it in package.json: node tools/release.ts 1.2.0 [YYYY-MM-DD]
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { headings, readChangeNotes, type ChangeNote, type Kind } from './change-notes.ts'

const root = process.env['SLUICE_RELEASE_ROOT'] ?? join(import.meta.dirname, '..')

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}

function section(version: string, date: string, notes: readonly ChangeNote[]): string {
  const parts = (Object.keys(headings) as Kind[]).flatMap((kind) => {
    const lines = notes.filter((note) => note.kind === kind).map(({ text }) => `- ${text}`)
    return lines.length === 0 ? [] : [`### ${headings[kind]}\n\n${lines.join('\n')}\n`]
  })
  return `## ${version} (${date})\n\n${parts.join('\n')}\n`
}

const [version = '', date = new Date().toISOString().slice(0, 10)] = process.argv.slice(2)
if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) fail('Say which version: node tools/release.ts 1.2.0')
const notes = readChangeNotes(join(root, 'changes')).map((note) => (typeof note === 'string' ? fail(note) : note))
if (notes.length === 0) fail('There is nothing to release: changes/ has no notes.')

const changelog = join(root, 'CHANGELOG.md')
const page = readFileSync(changelog, 'utf8')
if (page.includes(`\n## ${version} `)) fail(`CHANGELOG.md has ${version} already.`)
const first = page.indexOf('\n## ')
const head = first < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, first + 1)
const older = first < 0 ? '' : page.slice(first + 1)
writeFileSync(changelog, `${head}${section(version, date, notes)}${older}`.replace(/\n+$/, '\n'))

const manifest = join(root, 'package.json')
writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"version": "[^"]+"/, `"version": "${version}"`))
for (const { file } of notes) rmSync(file)
process.stdout.write(`CHANGELOG.md: ${version}, ${notes.length} notes\n`)
