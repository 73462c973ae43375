// Load: wrk where it is installed, else autocannon; one thread, keep-alive connections, on the core that is not measured.
import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canPin } from './process.ts'

export interface LoadOptions {
  readonly url: string
  readonly host?: string | undefined
  readonly seconds: number
  readonly connections: number
  readonly method?: 'GET' | 'POST'
  readonly body?: string | undefined
  /** Whether every request comes on a connection of its own. */
  readonly reconnects?: boolean
  /** Beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>>
  /** A header, or `:path`, whose values take turns, one a request; autocannon sends the first header, and calls `url` alone. */
  readonly inTurn?: { readonly name: string; readonly values: readonly string[] }
}

export interface LoadResult {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that were no 2xx, and broken connections. */
  readonly errors: number
}

/** About 400 bytes of headers, as a browser or SDK would send. */
const usualHeaders: Readonly<Record<string, string>> = {
  Accept: 'application/json',
  'Accept-Encoding': 'identity',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  'X-Client-Version': '4.18.2-release',
  Cookie: 'session=8f14e45fceea167a5a36dedd4bea2543; theme=dark',
}

const hasWrk = spawnSync('wrk', ['-v']).error === undefined

export const loadGenerator: 'wrk' | 'autocannon' = hasWrk ? 'wrk' : 'autocannon'

export function load(options: LoadOptions): Promise<LoadResult> {
  return hasWrk ? runWrk(options) : runAutocannon(options)
}

/** So many requests take turns, however few values they have: what the generator reads and sends is then alike for few and for many. */
const requestsInTurn = 10_000

/** Requests that take turns are made before the load begins: the generator is not to be what is measured. */
const takingTurns = ({ name, values }: NonNullable<LoadOptions['inTurn']>, file: string): string => {
  const turns = Math.ceil(requestsInTurn / values.length) * values.length
  writeFileSync(file, Array.from({ length: turns }, (_, turn) => values[turn % values.length]).join('\n'))
  // The number makes each request a text of its own, which Lua would else keep once.
  const set =
    name === ':path'
      ? 'wrk.path = line\n    wrk.headers["X-Turn"] = string.format("%06d", #requests)'
      : `wrk.headers["${name}"] = line`
  return `
local requests, next = {}, 0
init = function()
  for line in io.lines("${file}") do
    ${set}
    requests[#requests + 1] = wrk.format()
  end
end
request = function()
  next = next % #requests + 1
  return requests[next]
end`
}

const script = ({ method = 'GET', body, inTurn }: LoadOptions, file: string): string => `
wrk.method = "${method}"
${inTurn !== undefined && inTurn.values.length > 1 ? takingTurns(inTurn, `${file}.values`) : ''}
${body === undefined ? '' : `wrk.body = [[${body}]]\nwrk.headers["Content-Type"] = "application/json"`}
done = function(summary, latency, requests)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors))
end
`

function headersOf({ host, headers, reconnects = false, inTurn }: LoadOptions): Readonly<Record<string, string>> {
  return {
    ...usualHeaders,
    ...headers,
    ...(host === undefined ? {} : { Host: host }),
    ...(reconnects ? { Connection: 'close' } : {}),
    ...(inTurn === undefined || inTurn.name === ':path' ? {} : { [inTurn.name]: inTurn.values[0] ?? '' }),
  }
}

async function runWrk(options: LoadOptions): Promise<LoadResult> {
  const { url, seconds, connections } = options
  const file = join(tmpdir(), `sluice-bench-${process.pid}.lua`)
  writeFileSync(file, script(options, file))
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', file]
  for (const [name, value] of Object.entries(headersOf(options))) args.push('-H', `${name}: ${value}`)
  const output = await run('wrk', [...args, url])
  const [, requests = 0, microseconds = 1, p50 = 0, p99 = 0, errors = 0] =
    /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(output)?.map(Number) ?? []
  const perSecond = requests / (microseconds / 1_000_000)
  return { requests, requestsPerSecond: perSecond, p50Ms: p50 / 1000, p99Ms: p99 / 1000, errors }
}

async function runAutocannon(options: LoadOptions): Promise<LoadResult> {
  const { url, seconds, connections, method = 'GET', body } = options
  const cannon = join(import.meta.dirname, '..', 'node_modules', 'autocannon', 'autocannon.js')
  const args = [cannon, '-j', '-c', String(connections), '-d', String(seconds), '-m', method]
  for (const [name, value] of Object.entries(headersOf(options))) args.push('-H', `${name}=${value}`)
  if (body !== undefined) args.push('-b', body, '-H', 'Content-Type=application/json')
  const result = JSON.parse(await run(process.execPath, [...args, url])) as {
    requests: { total: number; average: number }
    latency: { p50: number; p99: number }
    errors: number
    non2xx: number
  }
  const { requests, latency, errors, non2xx } = result
  return {
    requests: requests.total,
    requestsPerSecond: requests.average,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    errors: errors + non2xx,
  }
}

function run(command: string, args: readonly string[]): Promise<string> {
  const [file, ...rest] = canPin ? ['taskset', '-c', '1', command, ...args] : [command, ...args]
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}: ${output}`)),
    )
  })
}
