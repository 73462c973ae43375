// Start-up: from spawn to the ready line with an empty state, next to a bare `node -e 0`; and memory at rest.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { start } from './process.ts'

const runs = 11

export interface Startup {
  readonly bareMs: number
  readonly readyMs: number
  readonly ratio: number
  readonly restMb: number
}

export async function measureStartup(): Promise<Startup> {
  const command = [
    process.execPath,
    join(import.meta.dirname, '..', 'bin', 'sluice'),
    'dev',
    '--port',
    '0',
    '--log-level',
    'error',
  ]
  const bare: number[] = []
  const ready: number[] = []
  let restMb = 0
  for (let run = 0; run < runs; run++) {
    bare.push(await bareMs())
    const started = performance.now()
    const program = await start({ command, core: 0, ready: /sluice ready/ })
    ready.push(performance.now() - started)
    await new Promise((resolve) => setTimeout(resolve, 200))
    restMb = program.residentMb()
    await program.stop()
  }
  const middle = (times: readonly number[]): number => [...times].sort((left, right) => left - right)[runs >> 1] ?? 0
  const result = { bareMs: middle(bare), readyMs: middle(ready), ratio: middle(ready) / middle(bare), restMb }
  process.stdout.write(
    `startup: node -e 0 ${result.bareMs.toFixed(0)} ms, ready ${result.readyMs.toFixed(0)} ms, ${result.ratio.toFixed(1)}×, ${restMb.toFixed(0)} MB at rest\n`,
  )
  return result
}

function bareMs(): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', '0'])
    child.on('error', reject)
    child.on('exit', () => resolve(performance.now() - started))
  })
}
