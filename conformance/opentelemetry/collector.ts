// A real collector of OpenTelemetry, in front of it a tap that keeps what it was sent, behind it a sink for what it made of that.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { withoutOwnSettings } from '../fixture/sluice.ts'

const program = process.env['SLUICE_TEST_COLLECTOR'] ?? ''

/** Why the suites of OpenTelemetry cannot run here; undefined when they can. */
export const noCollector: string | undefined = existsSync(program)
  ? undefined
  : 'skipped: SLUICE_TEST_COLLECTOR names no collector (conformance/opentelemetry/collector, built with Go)'

/** A request of OTLP over HTTP, and what it was answered. */
export interface Exported {
  /** `/v1/traces` */
  readonly path: string
  readonly message: unknown
  readonly status: number
  /** The receiver's own words. */
  readonly answer: string
}

export interface Collector {
  /** What exporters are told as their endpoint. */
  readonly url: string
  /** What came in, as it came. */
  readonly sent: readonly Exported[]
  /** What the collector understood, as it tells it on. */
  readonly understood: readonly Exported[]
  readonly close: () => Promise<void>
}

/** Starts a collector in `folder` that receives on a free port of the loopback interface. */
export async function startCollector(folder: string): Promise<Collector> {
  const understood: Exported[] = []
  const sink = await listen(async ({ path, bytes }) => keep(understood, path, bytes, { status: 200, answer: '{}' }))
  const file = join(folder, 'collector.yaml')
  await writeFile(file, configuration(urlOf(sink)))
  const child = spawn(program, ['--config', file], {
    env: withoutOwnSettings(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const target = await receiverOf(child)
  const sent: Exported[] = []
  const tap = await listen(async ({ path, bytes, headers }) => {
    const response = await fetch(`${target}${path}`, { method: 'POST', headers, body: new Uint8Array(bytes) })
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
    return keep(sent, path, plain, { status: response.status, answer: await response.text() })
  })
  return {
    url: urlOf(tap),
    sent,
    understood,
    close: async () => {
      const ended = once(child, 'close')
      child.kill('SIGTERM')
      await ended
      for (const server of [tap, sink]) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

const configuration = (sinkUrl: string): string => `
receivers:
  otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } }
exporters:
  otlp_http:
    endpoint: ${sinkUrl}
    encoding: json
    compression: none
    sending_queue: { enabled: false }
    retry_on_failure: { enabled: false }
service:
  telemetry: { logs: { level: info }, metrics: { level: none } }
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http] }
    metrics: { receivers: [otlp], exporters: [otlp_http] }
`

/** The collector tells its address in its log, which goes on to be read so that the pipe never fills. */
function receiverOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 20_000) said += text
      const address = /Starting HTTP server.*"endpoint": "(127\.0\.0\.1:\d+)"/.exec(said)?.[1]
      if (address !== undefined && said.includes('Everything is ready')) resolve(`http://${address}`)
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`the collector ended before it was ready:\n${said}`)))
  })
}

interface Request {
  readonly path: string
  readonly headers: Record<string, string>
  readonly bytes: Buffer
}

type Answer = Pick<Exported, 'status' | 'answer'>

function keep(kept: Exported[], path: string, bytes: Buffer, answer: Answer): Answer {
  kept.push({ path, message: JSON.parse(bytes.toString()) as unknown, ...answer })
  return answer
}

async function listen(answer: (request: Request) => Promise<Answer>): Promise<Server> {
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await buffer(request)
    const named = ['content-type', 'content-encoding'].map((name) => [name, request.headers[name]] as const)
    const headers = Object.fromEntries(named.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
    const { status, answer: text } = await answer({ path: request.url ?? '', headers, bytes })
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  }
  const server = createServer((request, response) => {
    take(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
