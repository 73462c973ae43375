// `npm run test:full`: what `npm test` runs, and the slower *.full.test.ts files.
import { mergeConfig } from 'vitest/config'
import quick from './vitest.config.ts'

export default mergeConfig(quick, { test: { include: ['conformance/**/*.full.test.ts', 'gateway/**/*.full.test.ts'] } })
