// The process: configuration in, a listening gateway out, and the order of its end.
import { readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { systemClock } from './adapters/clocks.ts'
import { helpText, isCommand } from './command-help.ts'
import { readConfig, unknownCommand, UsageError, type Config } from './config.ts'
import { createDeployFile } from './dev/deploy-file.ts'
import { startDeploying } from './dev/deployer.ts'
import { createCore, type Core } from './gateway.ts'
import { createLog, type Log } from './log.ts'
import { fileProblem } from './nouns/file-problem.ts'
import { hostInUrl } from './nouns/host-in-url.ts'
import { BodyRoom } from './server/body-room.ts'
import type { Front } from './server/incoming.ts'
import { listen, type Listener, type Serving } from './server/listener.ts'
import type { XrayDaemon } from './server/xray-daemon.ts'
import { ensureRootKey } from './services/iam/root-key.ts'
import { stopRequested } from './stop-requested.ts'
import { keepTickShape } from './tick-shape.ts'
import { unreadVariables } from './unread-variables.ts'
import { sluiceVersion } from './version.ts'
import { keepRequestsYoung } from './young-requests.ts'

/** Requests in flight have this long to finish when the process is told to stop. */
const graceMs = 30_000

type Command = (args: readonly string[], environment: NodeJS.ProcessEnv) => Promise<void>

/** Commands that ask a gateway that is running; loaded when they are called. */
const asking: Readonly<Record<string, () => Promise<Command>>> = Object.assign(Object.create(null), {
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  tail: async () => (await import('./commands/tail.ts')).tailCommand,
})

/** Runs a command line. Resolves when nothing is left to do. */
export async function main(args: readonly string[]): Promise<void> {
  const [command = '', ...rest] = args
  // A gateway serves on when nobody reads what it prints; a command that only prints has nothing left to do.
  const ask = asking[command]
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', () => {
      if (ask !== undefined) process.exit(0)
    })
  }
  try {
    if (command === 'help') return showHelp(rest[0])
    if (ask !== undefined && asksForHelp(rest)) return showHelp(command)
    if (ask !== undefined) return await (await ask())(rest, process.env)
    const parsed = readConfig(args, process.env)
    if (parsed.kind === 'help') showHelp(parsed.command)
    else if (parsed.kind === 'version') process.stdout.write(`${sluiceVersion()}\n`)
    else await run(parsed.config)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

/** Throws UsageError for a command that there is none of. */
function showHelp(command: string | undefined): void {
  if (command !== undefined && !isCommand(command)) throw unknownCommand(command)
  process.stdout.write(helpText(command))
}

function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h')
}

async function run(config: Config): Promise<void> {
  checkFiles(config.files)
  keepRequestsYoung()
  keepTickShape()
  // What is kept holds secret keys: files of this process are for its owner alone.
  if (config.dataFolder !== undefined) process.umask(0o077)
  const log = createLog(config.logLevel)
  for (const sentence of unreadVariables(process.env)) log.warn({}, sentence)
  process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'))
  const core = openCore(config, log)
  if (config.dataFolder !== undefined && config.command === 'serve') {
    const warning = await makeRootKey(core, config.account, config.dataFolder)
    if (warning !== undefined) log.warn({}, warning)
  }
  const served: Served = {
    config,
    core,
    bodyRoom: new BodyRoom(config.bodyMemoryMegabytes * 1024 * 1024),
    bug: (error) => log.error({ error }, 'a request failed unexpectedly'),
  }
  const listeners = await startListeners(served)
  const tls = await startTls(served)
  const open = [...listeners, ...(tls === undefined ? [] : [tls]), ...(await startVpcListeners(served))]
  core.setClients(() => open.reduce((sum, { connections }) => sum + connections(), 0))
  const xray = await startXray(config, core, log)
  const port = listeners[0]?.address.port ?? config.port
  core.setPort(tls?.port ?? port, loopbackUrl(listeners.at(-1)), tls === undefined ? 'http' : 'https')
  const adminPort = listeners.at(-1)?.address.port ?? port
  const stopDeploying = await deployFiles(config, core, { port, adminPort, log })
  // Listened for before anybody is told that we are ready: whoever reads the line may stop us at once.
  const stopped = stopRequested(() =>
    process.stdout.write(`Stopping: requests in flight have ${graceMs / 1000} s; once more ends it at once.\n`),
  )
  process.stdout.write(`sluice ready on http://${hostInUrl(config.host)}:${port}\n`)
  flushCompileCache()
  await stopped
  stopDeploying()
  // First, while functions can still call us: `$disconnect` is told of connections that end here.
  const deadline = Date.now() + graceMs
  await core.sockets.stop(graceMs / 2)
  await Promise.all(open.map((listener) => listener.close(deadline - Date.now())))
  await xray?.close()
  process.exit(await closed(core, log))
}

/** The exit code: 1 when the last counts could not be written, as on a full disk. */
async function closed(core: Core, log: Log): Promise<number> {
  try {
    await core.close()
    return 0
  } catch (error) {
    log.error({ error }, 'not everything could be written before the end')
    return 1
  }
}

/** Where functions of this machine reach a listener: the last one takes AWS calls, whether there are two or one. */
function loopbackUrl(listener: Listener | undefined): string | undefined {
  if (listener === undefined) return undefined
  const { address, port } = listener.address
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`
  return `http://${hostInUrl(address)}:${port}`
}

/** A file that cannot be read is a mistake on the command line; mistakes inside it can be mended while we run. */
function checkFiles(files: readonly string[]): void {
  for (const file of files) {
    try {
      readFileSync(file)
    } catch (error) {
      throw new UsageError(`${file} cannot be read: ${fileProblem(error)}.`, { cause: error })
    }
  }
}

async function makeRootKey(core: Core, account: string, dataFolder: string): Promise<string | undefined> {
  try {
    return await ensureRootKey(core.store, account, join(dataFolder, 'root-credentials.json'))
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

function openCore(config: Config, log: Log): Core {
  try {
    return createCore({ ...config, mode: config.command, clock: systemClock, log })
  } catch (error) {
    throw new UsageError(`The data folder ${config.dataFolder} cannot be used: ${fileProblem(error)}.`, {
      cause: error,
    })
  }
}

/** What every listener serves with. */
interface Served extends Pick<Serving, 'bodyRoom' | 'bug'> {
  readonly config: Config
  readonly core: Core
}

/** One port for everything, or one for APIs and one, on loopback, for all the rest. */
async function startListeners({ config, core, bodyRoom, bug }: Served): Promise<readonly Listener[]> {
  const open = async (host: string, port: number, front: Front, option?: string): Promise<Listener> => {
    try {
      return await listen({ host, port, front, bodyRoom, bug })
    } catch (error) {
      throw new UsageError(listenProblem(host, port, error as NodeJS.ErrnoException, option), { cause: error })
    }
  }
  if (config.adminPort === undefined) return [await open(config.host, config.port, core.front)]
  return [
    await open(config.host, config.port, core.dataFront),
    await open('127.0.0.1', config.adminPort, core.adminFront, '--admin-port'),
  ]
}

interface TlsServed {
  readonly port: number
  readonly connections: () => number
  readonly close: (graceMs: number) => Promise<void>
}

/** What the plain port serves, over TLS. */
async function startTls({ config, core, bodyRoom, bug }: Served): Promise<TlsServed | undefined> {
  const { host, tlsPort, tlsFiles } = config
  if (tlsPort === undefined) return undefined
  const { TlsContexts } = await import('./server/tls-contexts.ts')
  const { listenTls } = await import('./server/tls-listener.ts')
  const fallback = tlsFiles && {
    certificatePem: readText(tlsFiles.certificate),
    privateKeyPem: readText(tlsFiles.key),
  }
  const contexts = openContexts(() => new TlsContexts({ store: core.store, domains: core.domains, fallback }))
  const front = config.adminPort === undefined ? core.front : core.dataFront
  try {
    const { address, connections, close } = await listenTls({ host, port: tlsPort, front, bodyRoom, bug, contexts })
    const stop = async (graceMs: number): Promise<void> => {
      contexts.close()
      await close(graceMs)
    }
    process.stdout.write(`TLS: https://${hostInUrl(host)}:${address.port}\n`)
    return { port: address.port, connections, close: stop }
  } catch (error) {
    throw new UsageError(listenProblem(host, tlsPort, error as NodeJS.ErrnoException, '--tls-port'), { cause: error })
  }
}

/** A listener of its own for each VPC endpoint. */
async function startVpcListeners({ config, core, bodyRoom, bug }: Served): Promise<readonly Listener[]> {
  const open: Listener[] = []
  for (const { host, port, ...endpoint } of config.vpcListeners) {
    try {
      const listener = await listen({ host, port, front: core.vpcFront(endpoint), bodyRoom, bug })
      open.push(listener)
      process.stdout.write(
        `VPC endpoint ${endpoint.vpceId}: http://${hostInUrl(host)}:${listener.address.port}  (private APIs)\n`,
      )
    } catch (error) {
      const problem = error as NodeJS.ErrnoException
      throw new UsageError(listenProblem(host, port, problem, '--vpc-endpoints'), { cause: error })
    }
  }
  return open
}

/** Segments of functions and programs of this machine, on a port of loopback. */
async function startXray(config: Config, core: Core, log: Log): Promise<XrayDaemon | undefined> {
  const { xrayPort } = config
  if (xrayPort === undefined) return undefined
  const { listenXray } = await import('./server/xray-daemon.ts')
  const bug = (error: unknown): void => log.error({ error }, 'a call of the X-Ray port failed unexpectedly')
  try {
    const daemon = await listenXray({ port: xrayPort, inlet: core.xray.inlet, bug })
    core.xray.setAddress(`127.0.0.1:${daemon.port}`)
    process.stdout.write(`X-Ray daemon: 127.0.0.1:${daemon.port}  (AWS_XRAY_DAEMON_ADDRESS)\n`)
    return daemon
  } catch (error) {
    const problem = error as NodeJS.ErrnoException
    throw new UsageError(listenProblem('127.0.0.1', xrayPort, problem, '--xray-port'), { cause: error })
  }
}

function openContexts<Contexts>(open: () => Contexts): Contexts {
  try {
    return open()
  } catch (error) {
    throw new UsageError(`--tls-cert and --tls-key are no certificate and its key: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${fileProblem(error)}.`, { cause: error })
  }
}

function listenProblem(host: string, port: number, error: NodeJS.ErrnoException, option = '--port'): string {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken: choose another with ${option}, or 0 for any free one.`
  if (error.code === 'EACCES')
    return `Port ${port} needs more rights than this process has: choose one above 1023 with ${option}.`
  if (error.code === 'EADDRNOTAVAIL' || error.syscall === 'getaddrinfo')
    return `${host} is no address of this machine: choose another with ${option === '--vpc-endpoints' ? option : '--host'}.`
  return `Cannot listen on ${host}:${port}: ${error.message}`
}

async function deployFiles(
  config: Config,
  core: Core,
  { port, adminPort, log }: { readonly port: number; readonly adminPort: number; readonly log: Log },
): Promise<() => void> {
  const host = hostInUrl(config.host)
  const address = { domain: config.domain, host, port }
  const say = (text: string): void => void process.stdout.write(text)
  say(`AWS endpoint: http://${config.adminPort === undefined ? host : '127.0.0.1'}:${adminPort}  (AWS_ENDPOINT_URL)\n`)
  if (config.files.length === 0) return () => {}
  const deploy = createDeployFile(core.endpoint, config)
  return startDeploying({ deploy, files: config.files, stageName: config.stage, address, log, say })
}
