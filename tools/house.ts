// House rules that no linter knows: names, first-line comments, reasons of disabled rules, dependencies of libraries, change notes, links.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { readChangeNotes } from './change-notes.ts'

const root = join(import.meta.dirname, '..')
const folders = ['libs', 'gateway/src', 'tools', 'conformance', 'bench']
const forbiddenNames = /(?:^|[-/.])(?:utils?|helpers?|common|shared|misc|managers?|base)(?=[-/.]|$)/
/** Words that are part of a field's own name (`$util` of mapping templates) and not a drawer for everything. */
const allowedNames = /base-path|base64|base-url|map\/util/g
const skipped = new Set(['node_modules', 'dist', 'generated', 'oracle', 'results', 'golden'])

const problems: string[] = []

function visit(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) visit(path)
      continue
    }
    if (/\.(?:ts|tsx|mjs)$/.test(entry.name)) checkFile(path)
  }
}

function checkFile(path: string): void {
  const name = relative(root, path)
  const text = readFileSync(path, 'utf8')
  if (forbiddenNames.test(name.replace(allowedNames, 'x')))
    problems.push(`${name}: a drawer's name; name what is in it`)
  const first = text.startsWith('#!') ? (text.split('\n')[1] ?? '') : text
  if (!/^(?:\/\/ |\/\*\* )\S/.test(first)) problems.push(`${name}: the first line says what the file is for`)
  if (/@ts-ignore/.test(text.replaceAll("'@ts-ignore'", '')) && name !== 'tools/house.ts')
    problems.push(`${name}: @ts-ignore hides errors; use @ts-expect-error and say why`)
  for (const [, reason] of text.matchAll(/(?:eslint|oxlint)-disable(?:-next-line)?[^\n]*?(--\s*\S.*)?\n/g)) {
    if (reason === undefined && name !== 'tools/house.ts') problems.push(`${name}: a lint-disable says why after --`)
  }
  if (name.startsWith('libs/')) checkLibraryImports(name, text)
}

/** A library depends on no other folder of the project; `aws-protocol` may know `sigv4`. */
function checkLibraryImports(name: string, text: string): void {
  if (name.endsWith('.test.ts')) return
  for (const [, imported = ''] of text.matchAll(/from '@sluice\/([a-z0-9-]+)/g)) {
    if (name.startsWith('libs/aws-protocol/') && imported === 'sigv4') continue
    problems.push(`${name}: a library imports @sluice/${imported}; floor 1 knows nothing of ours`)
  }
}

/** A link to a file of the repository leads somewhere. */
function checkLinks(path: string): void {
  const prose = readFileSync(path, 'utf8').replaceAll(/```[^]*?```|`[^`\n]*`/g, '')
  for (const [, target = ''] of prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    const isElsewhere = /^[a-z]+:/.test(target)
    if (!isElsewhere && !existsSync(join(dirname(path), target)))
      problems.push(`${relative(root, path)}: the link to ${target} leads nowhere`)
  }
}

for (const folder of folders) visit(join(root, folder))
for (const page of globSync(['*.md', '{docs,bench,changes,conformance,models,libs,gateway/src}/**/*.md'], {
  cwd: root,
})) {
  if (!/(?:^|\/)(?:node_modules|dist)\//.test(page)) checkLinks(join(root, page))
}
for (const note of readChangeNotes(join(root, 'changes'))) {
  if (typeof note === 'string') problems.push(relative(root, note))
}
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exit(problems.length === 0 ? 0 : 1)
