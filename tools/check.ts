// `npm run check`: format, lint with types, types, house rules, generated files; every complaint, then one verdict.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const node = [process.execPath, '--conditions=source'] as const

const checks: readonly (readonly [name: string, ...command: string[]])[] = [
  ['format', bin('oxfmt'), '--check', '.'],
  ['types', bin('tsc'), '-p', 'tsconfig.check.json'],
  // Before the lint: tests see the libraries' declarations, which a fresh clone does not have.
  ['declarations', bin('tsc'), '-b'],
  ['lint', bin('oxlint'), '--type-aware'],
  ['house rules', ...node, 'tools/house.ts'],
  ['generated types', ...node, 'tools/generate-types.ts', '--check'],
  ['compatibility page', ...node, 'tools/generate-compatibility.ts', '--check'],
  ['lifecycle page', ...node, 'tools/generate-lifecycle.ts', '--check'],
]

let passed = 0
const failed: string[] = []
for (const [name, command = '', ...args] of checks) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)\n`)
  if (status === 0) passed++
  else {
    failed.push(name)
    process.stdout.write(`${stdout}${stderr}\n`)
  }
}
process.stdout.write(`check: ${passed} passed, ${failed.length} failed\n`)
process.exit(failed.length === 0 ? 0 : 1)
