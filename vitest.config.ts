// How every test of the repository runs: the sources of the workspaces, never their built output.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  test: {
    include: ['libs/**/*.test.ts', 'gateway/**/*.test.ts', 'tools/**/*.test.ts', 'conformance/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.full.test.ts'],
    execArgv: ['--conditions=source'],
    server: { deps: { inline: [/^@sluice\//] } },
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
