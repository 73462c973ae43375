// AWS's services as moto serves them, and boto3 beside the gateway to set them up and to look at what a call has done.
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Credentials } from '../fixture/clients.ts'
import { withoutOwnSettings } from '../fixture/sluice.ts'

const present = spawnSync('python3', ['-W', 'ignore', '-c', 'import boto3, moto.server'])

/** Why the suites of AWS's services cannot run here; undefined when they can. */
export const noMoto: string | undefined =
  present.status === 0 ? undefined : "skipped: no moto here (pip install boto3 'moto[server]')"

export interface Moto {
  /** `http://127.0.0.1:49152` */
  readonly url: string
  /** Those of a user who may do everything. */
  readonly credentials: Credentials
  /** boto3's `client(service).operation(**arguments)`; bytes are lists of numbers. Rejects with the service's error. */
  readonly ask: (service: string, operation: string, args?: object) => Promise<Record<string, unknown>>
  readonly close: () => Promise<void>
}

export interface MotoOptions {
  /** Lets any signature pass. moto's check fails botocore too: in a POST with a query, and in paths of more than letters. */
  readonly takesAnySignature?: boolean
}

/** Starts moto on a free port of the loopback interface. */
export async function startMoto({ takesAnySignature = false }: MotoOptions = {}): Promise<Moto> {
  const server = python(['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'])
  const url = await urlOf(server)
  const boto3 = python([join(import.meta.dirname, 'services.py'), url, ...(takesAnySignature ? [] : ['verify'])])
  boto3.stderr.pipe(process.stderr)
  const lines = createInterface(boto3.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<Record<string, unknown>> => {
    const { done, value } = await lines.next()
    if (done === true) throw new Error('services.py has ended')
    return JSON.parse(value) as Record<string, unknown>
  }
  const credentials = (await next()) as unknown as Credentials
  return {
    url,
    credentials,
    ask: async (service, operation, args = {}) => {
      boto3.stdin.write(`${JSON.stringify([service, operation, args])}\n`)
      const { answer, error } = await next()
      if (error !== undefined) throw new Error(`${service} ${operation}: ${error as string}`)
      return answer as Record<string, unknown>
    },
    close: async () => {
      await Promise.all([ended(boto3), ended(server)])
    },
  }
}

type Python = ChildProcessByStdio<Writable, Readable, Readable>

function python(args: readonly string[]): Python {
  const env = {
    ...withoutOwnSettings(),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  return spawn('python3', ['-W', 'ignore', ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** moto tells its address in its log, which goes on to be read so that the pipe never fills. */
function urlOf(server: Python): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 10_000) said += text
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)\s/.exec(said)?.[1]
      if (url !== undefined) resolve(url)
    })
    server.stdout.resume()
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`moto ended before it was ready:\n${said}`)))
  })
}

function ended(child: Python): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.kill('SIGTERM')
  })
}
