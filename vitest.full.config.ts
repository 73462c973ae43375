// `npm run test:full`: the slower *.full.test.ts files, which drive other people's tools; `npm test` runs all the others.
import { defineConfig } from 'vitest/config'
import quick from './vitest.config.ts'

export default defineConfig({
  ...quick,
  test: {
    ...quick.test,
    include: ['conformance/**/*.full.test.ts', 'gateway/**/*.full.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 180_000,
  },
})
