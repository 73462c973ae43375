// WebSocket: what a message costs next to a bare `ws` echo, what an idle connection keeps, how fast connections and pushes go.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { canPin, start, type Program } from './process.ts'
import { startNode } from './yardsticks.ts'

export interface WebSocketOptions {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly port: number
}

interface Echo {
  readonly messages: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** A program with a WebSocket to load, and its path. */
interface Target {
  readonly program: Program
  readonly port: number
  readonly path: string
}

export interface WebSocketResult {
  readonly echo: readonly (Echo & {
    readonly program: string
    readonly cpuMicroseconds: number
    readonly toBare: number
  })[]
  readonly idle: readonly {
    readonly program: string
    readonly connections: number
    readonly kilobytesEach: number
    readonly connectsPerSecond: number
    readonly besideP99Ms: number
  }[]
  readonly broadcast: { readonly connections: number; readonly perSecond: number }
}

/** A process may have 20,000 files; some are not connections. */
const idleConnections = 18_000
const connectsPerSecond = 1_000
const broadcastConnections = 10_000
/** V8 gives memory back when nothing happens for a while. */
const restMs = 15_000

const starters: Readonly<Record<string, (port: number) => Promise<Target>>> = {
  'bare ws': async (port) => ({ program: await startNode('websocket', port, 0), port, path: '/' }),
  'sluice MOCK': () => startSocketSluice(),
}

export async function measureWebSocket(options: WebSocketOptions): Promise<WebSocketResult> {
  const echo = await measureEcho(options)
  const idle: WebSocketResult['idle'][number][] = []
  for (const name of Object.keys(starters)) idle.push({ program: name, ...(await measureIdle(name, options)) })
  const broadcast = await measureBroadcast()
  const result = { echo, idle, broadcast }
  process.stdout.write(`${format(result)}\n`)
  return result
}

async function measureEcho({ rounds, seconds, connections, port }: WebSocketOptions): Promise<WebSocketResult['echo']> {
  const runs = new Map<string, (Echo & { readonly cpuMicroseconds: number })[]>()
  for (let round = 1; round <= rounds; round++) {
    for (const [name, begin] of Object.entries(starters)) {
      process.stderr.write(`websocket echo: ${name}, round ${round} of ${rounds}\n`)
      const target = await begin(port)
      try {
        await load<Echo>(target, 'echo', connections, Math.max(1, seconds / 2))
        const before = cpuOf(target.program)
        const echo = await load<Echo>(target, 'echo', connections, seconds)
        const cpuMicroseconds = (cpuOf(target.program) - before) / Math.max(1, echo.messages)
        runs.set(name, [...(runs.get(name) ?? []), { ...echo, cpuMicroseconds }])
      } finally {
        await target.program.stop()
      }
    }
  }
  const middle = (name: string, key: keyof Echo | 'cpuMicroseconds'): number => {
    const values = (runs.get(name) ?? []).map((run) => run[key]).sort((left, right) => left - right)
    return values[values.length >> 1] ?? Number.NaN
  }
  return Object.keys(starters).map((program) => ({
    program,
    messages: middle(program, 'messages'),
    perSecond: middle(program, 'perSecond'),
    p50Ms: middle(program, 'p50Ms'),
    p99Ms: middle(program, 'p99Ms'),
    cpuMicroseconds: middle(program, 'cpuMicroseconds'),
    toBare: middle(program, 'cpuMicroseconds') / middle('bare ws', 'cpuMicroseconds'),
  }))
}

async function measureIdle(name: string, { port }: WebSocketOptions) {
  process.stderr.write(`websocket idle: ${name}\n`)
  const target = await (starters[name] ?? startSocketSluice)(port)
  try {
    await load<Echo>(target, 'echo', 4, 1)
    const before = target.program.residentMb()
    const clients = loadProcess(target, 'idle', idleConnections, connectsPerSecond)
    const opened = JSON.parse(await clients.firstLine) as { readonly perSecond: number; readonly p99Ms: number }
    await new Promise((resolve) => setTimeout(resolve, restMs))
    const kilobytesEach = ((target.program.residentMb() - before) * 1024) / idleConnections
    clients.child.kill('SIGTERM')
    await clients.ended
    return {
      connections: idleConnections,
      kilobytesEach,
      connectsPerSecond: opened.perSecond,
      besideP99Ms: opened.p99Ms,
    }
  } finally {
    await target.program.stop()
  }
}

async function measureBroadcast(): Promise<WebSocketResult['broadcast']> {
  process.stderr.write('websocket broadcast\n')
  const target = await startSocketSluice()
  try {
    return await load(target, 'broadcast', broadcastConnections, 1)
  } finally {
    await target.program.stop()
  }
}

function cpuOf(program: Program): number {
  const { user, system } = program.cpuMicroseconds()
  return user + system
}

/** `sluice dev` with an API whose `$default` answers as many bytes as the load sends, and whose `id` says the connection's id. */
async function startSocketSluice(): Promise<Target> {
  const bin = join(import.meta.dirname, '..', 'bin', 'sluice')
  // AWS's limit for an account is below what one core can do.
  const unlimited = ['--explain', '0', '--account-rate', '100000000', '--account-burst', '100000000']
  const command = [process.execPath, bin, 'dev', '--port', '0', '--log-level', 'error', ...unlimited]
  const program = await start({ command, core: 0, ready: /sluice ready on http:\/\/127\.0\.0\.1:(\d+)/ })
  const port = Number(program.match)
  const v2 = new ApiGatewayV2Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  })
  const { ApiId = '' } = await v2.send(
    new CreateApiCommand({
      Name: 'bench',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    }),
  )
  for (const [RouteKey, text] of [
    ['$default', 'a'.repeat(64)],
    ['id', '$context.connectionId'],
  ] as const) {
    const { IntegrationId = '' } = await v2.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'MOCK',
        RequestTemplates: { $default: '{"statusCode":200}' },
      }),
    )
    await v2.send(
      new CreateIntegrationResponseCommand({
        ApiId,
        IntegrationId,
        IntegrationResponseKey: '$default',
        ResponseTemplates: { $default: text },
      }),
    )
    const { RouteId = '' } = await v2.send(
      new CreateRouteCommand({
        ApiId,
        RouteKey,
        Target: `integrations/${IntegrationId}`,
        RouteResponseSelectionExpression: '$default',
      }),
    )
    await v2.send(new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }))
  }
  const { DeploymentId } = await v2.send(new CreateDeploymentCommand({ ApiId }))
  await v2.send(new CreateStageCommand({ ApiId, StageName: 'dev', DeploymentId }))
  return { program, port, path: `/_aws/execute-api/${ApiId}/dev` }
}

interface LoadProcess {
  readonly child: ReturnType<typeof spawn>
  readonly firstLine: Promise<string>
  readonly ended: Promise<unknown>
}

function loadProcess({ port, path }: Target, mode: string, ...numbers: readonly number[]): LoadProcess {
  const script = join(import.meta.dirname, 'bare', 'websocket-load.mjs')
  const command = [process.execPath, script, mode, String(port), path, ...numbers.map(String)]
  const [file = '', ...args] = canPin ? ['taskset', '-c', '1', ...command] : command
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const firstLine = new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('\n')) resolve(output)
    })
    child.once('exit', (code) => reject(new Error(`the WebSocket load ended with ${code}: ${errors}`)))
  })
  return { child, firstLine, ended }
}

async function load<Result>(target: Target, mode: string, ...numbers: readonly number[]): Promise<Result> {
  const { firstLine, ended } = loadProcess(target, mode, ...numbers)
  const result = JSON.parse(await firstLine) as Result
  await ended
  return result
}

function format({ echo, idle, broadcast }: WebSocketResult): string {
  const lines = echo.map(
    (row) =>
      `websocket echo of 64 B: ${row.program.padEnd(11)} ${row.perSecond.toFixed(0)} messages/s, ` +
      `${row.cpuMicroseconds.toFixed(1)} CPU µs each (${row.toBare.toFixed(2)}× bare), p99 ${row.p99Ms.toFixed(2)} ms`,
  )
  for (const row of idle) {
    lines.push(
      `websocket idle: ${row.program.padEnd(11)} ${row.connections} connections, ${row.kilobytesEach.toFixed(1)} KB each; ` +
        `opened at ${row.connectsPerSecond.toFixed(0)}/s, an echo beside them p99 ${row.besideP99Ms.toFixed(1)} ms`,
    )
  }
  lines.push(`websocket broadcast: ${broadcast.connections} POST @connections, ${broadcast.perSecond.toFixed(0)}/s`)
  return lines.join('\n')
}
