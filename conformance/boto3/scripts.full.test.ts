// boto3, as it comes, against Sluice: each script beside this file builds something, calls it, changes it and takes it away.
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { toolEnvironment } from '../fixture/aws-cli.ts'
import { startSluice } from '../fixture/sluice.ts'
import { startUpstream } from '../fixture/upstream.ts'

const present = spawnSync('python3', ['-c', 'import boto3'])
const noBoto3 = present.status === 0 ? undefined : 'skipped: no boto3 here (pip install boto3)'
const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.py') && name !== 'calling.py')

test.for(scripts)(`%s ${noBoto3 ?? ''}`, async (script, { skip }) => {
  skip(noBoto3 !== undefined, noBoto3)
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const sluice = await startSluice(['dev'])
  onTestFinished(async () => void (await sluice.stop()))
  const { code, said } = await runPython(join(import.meta.dirname, script), sluice.url, upstream.url)
  expect(code, said).toBe(0)
  expect(said).toMatch(/^ok: \d+ assertions$/m)
})

function runPython(
  file: string,
  endpoint: string,
  upstreamUrl: string,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...toolEnvironment(endpoint), UPSTREAM_URL: upstreamUrl, PYTHONDONTWRITEBYTECODE: '1' }
    const child = spawn('python3', [file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said }))
  })
}
