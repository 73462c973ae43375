// The committed types are those of the committed models.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the generated types are fresh', () => {
  const script = fileURLToPath(new URL('./generate-types.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'generated types are fresh\n', stderr: '' })
})
