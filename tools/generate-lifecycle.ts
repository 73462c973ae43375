// Writes the step lists of docs/lifecycle.md from compiled plans; --check writes nothing and exits 1 when they differ.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { refreshLifecycle } from '../gateway/src/plan/lifecycle.ts'

const file = join(import.meta.dirname, '..', 'docs', 'lifecycle.md')
const page = readFileSync(file, 'utf8')
const fresh = await refreshLifecycle(page)

if (!process.argv.includes('--check')) {
  writeFileSync(file, fresh)
} else if (fresh !== page) {
  process.stderr.write('docs/lifecycle.md is not what the plans are: run "npm run generate" and read the difference.\n')
  process.exit(1)
}
