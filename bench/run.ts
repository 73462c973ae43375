// `npm run bench`: the macro cases in interleaved rounds, then start-up; `npm run bench -- micro` runs the micro benchmarks.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cases, type Case, type Contender } from './cases.ts'
import { measureIdle } from './idle.ts'
import { measureKeys } from './keys.ts'
import { load, loadGenerator, type LoadResult } from './load.ts'
import { runMicro } from './micro.ts'
import { measureScale } from './routes.ts'
import { canPin, machineCpuSeconds } from './process.ts'
import { measureStartup } from './startup.ts'
import { measureWebSocket } from './websocket.ts'
import { hasNginx, startBackend } from './yardsticks.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    /** Writes results/NAME.json. */
    record: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const connections = Number(values.connections)
/** On one core V8 compiles beside the requests: what is hot is optimised after some seconds of load. */
const usualWarmUpSeconds = 4
const backendPort = 18_080
const ownPort = 18_081

/** One run of one program. */
interface Run extends LoadResult {
  readonly cpuMicroseconds: number
  readonly residentMb: number
  /** The share of the machine that other processes took. */
  readonly foreign: number
}

interface Row {
  readonly case: string
  readonly program: string
  readonly requestsPerSecond: number
  readonly cpuMicrosecondsPerRequest: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly residentMb: number
  readonly toNginx: number | undefined
  readonly toBare: number | undefined
  /** Where there is no yardstick: to the case's first program. */
  readonly toFirst: number | undefined
  readonly errors: number
  readonly disturbed: boolean
}

async function runOnce(
  contender: Contender,
  { ownProcessOnly, warmUpSeconds, connections: own = connections }: Case,
): Promise<Run> {
  const which = ownProcessOnly === true ? 'own' : undefined
  const { program, load: target } = await contender.start({ own: ownPort, backend: backendPort })
  try {
    await load({ ...target, seconds: warmUpSeconds ?? usualWarmUpSeconds, connections: own })
    const [cpuBefore, machineBefore, ownBefore] = [
      program.cpuMicroseconds(which),
      machineCpuSeconds(),
      process.cpuUsage(),
    ]
    const started = performance.now()
    const result = await load({ ...target, seconds, connections: own })
    const elapsed = (performance.now() - started) / 1000
    const [cpuAfter, ownAfter] = [program.cpuMicroseconds(which), process.cpuUsage(ownBefore)]
    const cpu = cpuAfter.user - cpuBefore.user + cpuAfter.system - cpuBefore.system
    const machine = machineCpuSeconds() - machineBefore
    // The load generator and the backend share core 1: what they can take is not foreign.
    const known = cpu / 1_000_000 + elapsed + (ownAfter.user + ownAfter.system) / 1_000_000
    const foreign = Math.max(0, machine - known) / (elapsed * cpus().length)
    return {
      ...result,
      cpuMicroseconds: cpu / Math.max(1, result.requests),
      residentMb: program.residentMb(which),
      foreign,
    }
  } finally {
    await program.stop()
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

async function runCase(each: Case): Promise<Row[]> {
  const { name, contenders } = each
  const runs = new Map<string, Run[]>()
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      process.stderr.write(`${name}: ${contender.name}, round ${round} of ${rounds}\n`)
      runs.set(contender.name, [...(runs.get(contender.name) ?? []), await runOnce(contender, each)])
    }
  }
  const cost = (program: string): number => median((runs.get(program) ?? []).map((run) => run.cpuMicroseconds))
  const first = contenders[0]?.name ?? ''
  const hasYardstick = runs.has('nginx') || runs.has('bare node')
  return contenders.map(({ name: program }) => {
    const own = runs.get(program) ?? []
    const of = (key: keyof Run): number => median(own.map((run) => run[key]))
    return {
      case: name,
      program,
      requestsPerSecond: of('requestsPerSecond'),
      cpuMicrosecondsPerRequest: cost(program),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
      residentMb: of('residentMb'),
      toNginx: runs.has('nginx') ? cost(program) / cost('nginx') : undefined,
      toBare: runs.has('bare node') ? cost(program) / cost('bare node') : undefined,
      toFirst: hasYardstick ? undefined : cost(program) / cost(first),
      errors: own.reduce((sum, run) => sum + run.errors, 0),
      disturbed: own.some((run) => run.foreign > 0.1),
    }
  })
}

function format(rows: readonly Row[]): string {
  const ratio = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(2)}×`)
  const head = [
    'case',
    'program',
    'req/s',
    'CPU µs/req',
    '× nginx',
    '× bare',
    '× first',
    'p50 ms',
    'p99 ms',
    'RSS MB',
    'errors',
  ]
  const lines = rows.map((row) => [
    row.case,
    row.program + (row.disturbed ? ' *' : ''),
    row.requestsPerSecond.toFixed(0),
    row.cpuMicrosecondsPerRequest.toFixed(1),
    ratio(row.toNginx),
    ratio(row.toBare),
    ratio(row.toFirst),
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.residentMb.toFixed(0),
    String(row.errors),
  ])
  const table = [head, ...lines]
  const widths = head.map((_, column) => Math.max(...table.map((line) => (line[column] ?? '').length)))
  return table.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}

const machine = {
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  loadGenerator,
  nginx: hasNginx,
  pinned: canPin,
  rounds,
  seconds,
  connections,
}

if (positionals.includes('micro')) {
  await runMicro()
  process.exit(0)
}

const chosen = cases.filter(
  ({ name }) => positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted)),
)
const backend = chosen.length === 0 ? undefined : await startBackend(backendPort)
const rows: Row[] = []
try {
  for (const each of chosen) rows.push(...(await runCase(each)))
} finally {
  await backend?.stop()
}
if (rows.length > 0) process.stdout.write(`${format(rows)}\n`)
for (const { name, remark } of chosen) {
  const costs = rows.filter((row) => row.case === name).map((row) => row.cpuMicrosecondsPerRequest)
  if (remark !== undefined) process.stdout.write(`${name}: ${remark(costs)}\n`)
}
const webSocket =
  positionals.length === 0 || positionals.includes('websocket')
    ? await measureWebSocket({ rounds, seconds, connections, port: ownPort })
    : undefined
if (positionals.length === 0 || positionals.includes('scale')) await measureScale()
// Takes minutes: only when it is asked for.
if (positionals.includes('keys')) await measureKeys()
const idle = positionals.length === 0 || positionals.includes('idle') ? await measureIdle(backendPort) : undefined
const startup = positionals.length === 0 || positionals.includes('startup') ? await measureStartup() : undefined
if (values.record !== undefined) {
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, `${values.record}.json`),
    `${JSON.stringify({ machine, rows, webSocket, idle, startup }, null, 2)}\n`,
  )
}
