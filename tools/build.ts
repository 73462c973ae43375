// Builds the product into dist/: one bundle of the gateway and its libraries, with what has to stay a file of its own beside it.
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '..')
const output = join(root, 'dist')

rmSync(output, { recursive: true, force: true })

const bundle = await rolldown({
  input: {
    index: join(root, 'gateway/src/index.ts'),
    main: join(root, 'gateway/src/main.ts'),
    'document-thread': join(root, 'gateway/src/adapters/document-thread.ts'),
    'sqlite-writer': join(root, 'gateway/src/adapters/sqlite-writer.ts'),
  },
  platform: 'node',
  // Dependencies stay packages: they are installed anyway, and are loaded only where they are needed.
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith('@sluice/'),
  resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
})
await bundle.write({ dir: output, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
await bundle.close()

// Functions' own processes run these; they are no part of the bundle.
cpSync(join(root, 'libs/lambda-runtime/bootstrap'), join(output, 'bootstrap'), { recursive: true })

// `npm start` and its like build anew when a source is younger than this.
writeFileSync(join(output, '.built'), '')
