// Replays golden/**/*.txt: what it shows, `====`, the document, `----`, the description that must come of it.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DocumentFault, parseDocument, readHttpApi, readRestApi } from './index.ts'
import type { Warning } from './index.ts'

const goldenFolder = new URL('../golden/', import.meta.url)
const stackVariables = { accountId: '123456789012', partition: 'aws', region: 'eu-central-1' }

/** `SLUICE_GOLDEN=write` puts down what the reader says now, to be read by a person before it is kept. */
const writesGoldens = process.env['SLUICE_GOLDEN'] === 'write'

for (const kind of ['rest', 'http'] as const) {
  describe(`golden ${kind} documents`, () => {
    for (const file of globSync(`${kind}/*.txt`, { cwd: goldenFolder }).sort()) {
      const url = new URL(file, goldenFolder)
      const [head = '', rest = ''] = readFileSync(url, 'utf8').split('\n====\n')
      const [text = '', expected = ''] = rest.split('\n----\n')
      const options = JSON.parse(/options: (.*)/.exec(head)?.[1] ?? '{}') as object

      test(head.split('\n')[0] ?? file, () => {
        const found = outcomeOf(kind, text, options)
        if (writesGoldens) writeFileSync(url, `${head}\n====\n${text}\n----\n${JSON.stringify(found, null, 2)}\n`)
        else expect(found).toEqual(JSON.parse(expected))
      })
    }
  })
}

function outcomeOf(kind: 'rest' | 'http', text: string, options: object): unknown {
  try {
    const document = parseDocument(text, { variables: stackVariables })
    const { warnings, ...description } =
      kind === 'rest' ? readRestApi(document, options) : readHttpApi(document, options)
    const importInfo = 'importInfo' in description ? { importInfo: description.importInfo.map(placed) } : {}
    const plain = JSON.parse(JSON.stringify({ ...description, ...importInfo }, withoutPlaces)) as object
    return { ...plain, warnings: warnings.map(placed) }
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    return { fault: error.message, at: `${error.line}:${error.column} ${error.path}`, detail: error.detail }
  }
}

function placed({ message, line, column, path }: Warning): string {
  return `${line}:${column} ${path} ${message}`
}

function withoutPlaces(key: string, value: unknown): unknown {
  if (key === 'place') return undefined
  if (key !== 'schema' || typeof value !== 'string') return value
  return JSON.parse(value) as unknown
}
