// `npm run generate`: writes every file that is made from another one.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
for (const script of ['tools/generate-types.ts', 'tools/generate-compatibility.ts', 'tools/generate-lifecycle.ts']) {
  const { status } = spawnSync(process.execPath, ['--conditions=source', script], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
