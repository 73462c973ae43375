// `npm run bench -- keys`: a million API keys: importing them, starting with them, and what finding one, and a request, cost next to a thousand.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway, type EmbeddedGateway } from '../gateway/src/embedded.ts'
import { createStoredApiKeys } from '../gateway/src/adapters/stored-api-keys.ts'
import { openSqliteStore } from '../gateway/src/adapters/sqlite-store.ts'
import { costOfRequest } from './key-requests.ts'

const scope = { account: '000000000000', region: 'us-east-1' }
/** Lines of one CSV file. */
const partLines = 10_000
const lookups = 300_000

const valueOf = (index: number): string => `api-key-number-${String(index).padStart(25, '0')}`

async function importKeys(gateway: EmbeddedGateway, from: number, to: number, planId: string): Promise<void> {
  const lines = Array.from({ length: to - from }, (_, at) => `key ${from + at},${valueOf(from + at)},TRUE,${planId}`)
  const answer = await gateway.invoke('http://localhost/apikeys?mode=import&format=csv', {
    method: 'POST',
    body: ['name,key,enabled,usageplanIds', ...lines].join('\n'),
  })
  if (answer.status !== 201) throw new Error(`the import was answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}

async function createPlan(gateway: EmbeddedGateway): Promise<string> {
  const answer = await gateway.invoke('http://localhost/usageplans', { method: 'POST', body: '{"name":"bench"}' })
  return ((await answer.json()) as { id: string }).id
}

/** The longest time that nothing else could run, while `work` did. */
async function longestBlockMs(work: () => Promise<unknown>): Promise<number> {
  let [longest, last] = [0, performance.now()]
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(look, 1)
  await work()
  look()
  clearInterval(timer)
  return longest
}

async function measure(folder: string, count: number): Promise<void> {
  const gateway = createGateway({ dataFolder: folder, logLevel: 'error' })
  const planId = await createPlan(gateway)
  const startedMs = performance.now()
  for (let from = 0; from < count; from += partLines) {
    await importKeys(gateway, from, Math.min(count, from + partLines), planId)
  }
  const importMs = performance.now() - startedMs
  await gateway.close()

  const openedMs = performance.now()
  const store = openSqliteStore(join(folder, 'sluice.db'))
  const openMs = performance.now() - openedMs
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const keys = createStoredApiKeys(store)
  const readMs = performance.now()
  const blockMs = await longestBlockMs(async () => keys.find(scope, valueOf(0)))
  const indexMs = performance.now() - readMs
  globalThis.gc?.()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  const order = Array.from({ length: lookups }, () => valueOf(Math.floor(Math.random() * count)))
  for (const value of order) await keys.find(scope, value)
  const foundMs = performance.now()
  for (const value of order) if (keys.find(scope, value) === undefined) throw new Error('a key was not found')
  const findNs = ((performance.now() - foundMs) / lookups) * 1_000_000
  await store.close()
  const values = Array.from({ length: count }, (_, index) => valueOf(index))
  const requestMicroseconds = await costOfRequest(folder, planId, values)
  process.stdout.write(
    `keys: ${count.toLocaleString('en')}: import ${(importMs / 1000).toFixed(1)} s, open ${openMs.toFixed(0)} ms, first request ${indexMs.toFixed(0)} ms (nothing held up for more than ${blockMs.toFixed(0)} ms), ${bytes.toFixed(0)} bytes a key, found in ${findNs.toFixed(0)} ns, a request ${requestMicroseconds.toFixed(1)} µs\n`,
  )
}

export async function measureKeys(): Promise<void> {
  for (const count of [1_000, 1_000_000]) {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'))
    try {
      await measure(folder, count)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}
