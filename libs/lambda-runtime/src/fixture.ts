// Fixtures for the tests of this library: a runtime with a readable log, and functions made of a few lines.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import type { Zippable } from 'fflate'
import type { FunctionDefinition, LogEvent, RuntimeLimits } from './definition.ts'
import { createRuntime } from './runtime.ts'
import type { LambdaRuntime } from './runtime.ts'

/** A runtime in a temporary folder. */
export interface Fixture {
  readonly runtime: LambdaRuntime
  readonly folder: string
  readonly logs: LogEvent[]
  readonly close: () => Promise<void>
}

/** Opens a runtime; the test closes it. */
export async function openFixture(limits: Partial<RuntimeLimits> = {}): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lambda-'))
  const logs: LogEvent[] = []
  const runtime = createRuntime({
    folder,
    limits,
    log: (event) => logs.push(event),
    endpointUrl: 'http://aws.invalid',
    xrayDaemonAddress: '127.0.0.1:2000',
  })
  return {
    runtime,
    folder,
    logs,
    async close(): Promise<void> {
      await runtime.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A deployment package; files named `bootstrap` get their exec bit. */
export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const entries: Zippable = {}
  for (const [path, text] of Object.entries(files)) {
    const mode = path === 'bootstrap' ? 0o755 : 0o644
    entries[path] = [Buffer.from(text), { os: 3, attrs: (0o100000 | mode) << 16 }]
  }
  return zipSync(entries)
}

/** A function with AWS's defaults, made of one source text or of files. */
export function functionOf(
  source: string | Readonly<Record<string, string>>,
  changes: Partial<FunctionDefinition> = {},
): FunctionDefinition {
  const isPython = changes.runtime?.startsWith('python') === true
  const files = typeof source === 'string' ? { [isPython ? 'app.py' : 'index.js']: source } : source
  const name = changes.name ?? 'pets'
  const arn = `arn:aws:lambda:us-east-1:123456789012:function:${name}`
  return {
    key: name,
    name,
    version: '$LATEST',
    arn,
    runtime: 'nodejs24.x',
    handler: isPython ? 'app.handler' : 'index.handler',
    code: { zip: zipOf(files) },
    timeoutMs: 10_000,
    memoryMb: 256,
    region: 'us-east-1',
    ...changes,
  }
}

/** An event as payload. */
export function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

/** The JSON value of a payload. */
export function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString())
}
