// Writes docs/compatibility.md: every operation of every service model, and whether Sluice serves it yet.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMemoryBlobs } from '../gateway/src/adapters/blobs.ts'
import { createMemoryConnections } from '../gateway/src/adapters/memory-connections.ts'
import { createMemoryCounters } from '../gateway/src/adapters/memory-counters.ts'
import { createMemoryTraces } from '../gateway/src/adapters/memory-traces.ts'
import { createMemoryStore } from '../gateway/src/adapters/memory-store.ts'
import { createSqliteLogs } from '../gateway/src/adapters/sqlite-logs.ts'
import { createSqliteMetrics } from '../gateway/src/adapters/sqlite-metrics.ts'
import { systemClock } from '../gateway/src/adapters/clocks.ts'
import { createLog } from '../gateway/src/log.ts'
import { compatibility } from '../gateway/src/services/compatibility.ts'
import { createServices } from '../gateway/src/services/index.ts'

const file = join(import.meta.dirname, '..', 'docs', 'compatibility.md')
const nobody = (): never => {
  throw new Error('the page is made from what the services are, not from what they do')
}
const inMemory = { file: undefined, clock: systemClock, log: createLog('silent') }
const functions = { invoke: nobody, stream: nobody }
const text = compatibility(
  createServices({
    store: createMemoryStore(),
    blobs: createMemoryBlobs(),
    functions,
    codeLinks: { linkTo: nobody, isGood: nobody },
    folders: false,
    connections: createMemoryConnections(),
    testCalls: { method: nobody, authorizer: nobody },
    webTokens: { read: nobody, verify: nobody },
    identityPoolIssuer: '',
    cognitoIssuers: new Map(),
    trustsUnknownRoles: false,
    guestRate: undefined,
    counters: createMemoryCounters(createMemoryStore(), systemClock),
    logs: createSqliteLogs(inMemory),
    metrics: createSqliteMetrics(inMemory),
    traces: createMemoryTraces({ clock: systemClock }),
  }),
)

if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write('docs/compatibility.md is not what the handlers say: run "npm run generate".\n')
    process.exit(1)
  }
} else {
  writeFileSync(file, text)
}
