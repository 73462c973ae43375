// Programs under test: started on a core of their own, measured by their CPU time and memory, ended by their id.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

const ticksPerSecond = 100

/** Whether programs can be pinned: `taskset`, and a second core for the load. */
export const canPin = cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0

export interface Program {
  readonly pid: number
  /** CPU-microseconds that the program has used, with its descendants unless `own` is said. */
  readonly cpuMicroseconds: (which?: 'own') => { readonly user: number; readonly system: number }
  /** Resident memory in MB, counted alike. */
  readonly residentMb: (which?: 'own') => number
  readonly stop: () => Promise<void>
}

export interface StartOptions {
  readonly command: readonly string[]
  /** Core 0 is for what is measured, core 1 for the rest. */
  readonly core: 0 | 1
  readonly environment?: Readonly<Record<string, string>>
  /** Resolves when a line of output matches. */
  readonly ready: RegExp
}

/** Starts a program and waits for its ready line; gives the line's first group too. */
export async function start({
  command,
  core,
  environment,
  ready,
}: StartOptions): Promise<Program & { readonly match: string }> {
  const [file = '', ...args] = canPin ? ['taskset', '-c', String(core), ...command] : command
  const child = spawn(file, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  const match = await waitFor(child, ready)
  const pid = child.pid ?? 0
  return {
    pid,
    match,
    cpuMicroseconds: (which) => cpuOf(which === 'own' ? [pid] : descendants(pid)),
    residentMb: (which) =>
      (which === 'own' ? [pid] : descendants(pid)).reduce((sum, each) => sum + residentMb(each), 0),
    stop: () => stop(child),
  }
}

function waitFor(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const look = (chunk: Buffer): void => {
      output += chunk.toString()
      const found = ready.exec(output)
      if (found !== null) resolve(found[1] ?? '')
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`the program ended with ${code} before it was ready: ${output}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

/** utime and stime are fields 14 and 15 of /proc/PID/stat, counted behind the name in parentheses. */
function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function cpuOf(pids: readonly number[]): { user: number; system: number } {
  let [user, system] = [0, 0]
  for (const each of pids) {
    const stat = statOf(each)
    user += Number(stat[11])
    system += Number(stat[12])
  }
  const microseconds = 1_000_000 / ticksPerSecond
  return { user: user * microseconds, system: system * microseconds }
}

function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) / 1024
}

/** The process itself and everything below it. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const parent = Number(statOf(Number(name))[1])
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
    } catch {
      // It ended while we looked.
    }
  }
  const all = [pid]
  for (const each of all) all.push(...(parents.get(each) ?? []))
  return all
}

/** CPU-seconds that all processes of the machine have used, for the foreign share of a run. */
export function machineCpuSeconds(): number {
  const [, ...fields] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/)
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = fields.map(Number)
  return (user + nice + system + interrupts + softInterrupts) / ticksPerSecond
}
