// Documents read on the thread and documents read at once: the same descriptions, the same faults, and nobody waits.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DocumentFault, readText, type ReadingKind } from '@sluice/openapi'
import { afterAll, describe, expect, test } from 'vitest'
import { createDocumentReader } from './document-reader.ts'

const reader = createDocumentReader()
afterAll(() => reader.close())

const options = { variables: { accountId: '123456789012', partition: 'aws', region: 'eu-west-1' } }
const kinds: readonly ReadingKind[] = ['RestApi', 'HttpApi', 'Documentation']
const goldenFolder = join(import.meta.dirname, '../../../libs/openapi/golden')

/** What it shows, `====`, the document, `----`, what becomes of it: see the library. */
function goldenDocument(file: string): string {
  const [, rest = ''] = readFileSync(join(goldenFolder, file), 'utf8').split('\n====\n')
  return rest.split('\n----\n')[0] ?? ''
}

/** The text as large as texts for the thread are; what it says is the same. */
const enlarged = (text: string): string => `${text}\n${' '.repeat(32_768)}`

function operations(count: number): string {
  const paths = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `/group${index % 50}/item${index}/{id}`,
      {
        get: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { 200: { description: 'found' } },
          'x-amazon-apigateway-integration': { type: 'mock', requestTemplates: { 'application/json': '{}' } },
        },
      },
    ]),
  )
  return JSON.stringify({ openapi: '3.0.1', info: { title: 'large', version: '1' }, paths })
}

/** The description with all its resources there. */
const whole = (description: object): object =>
  'resources' in description
    ? { ...description, resources: [...(description.resources as Iterable<unknown>)] }
    : description

/** What came of it, with all that a fault says. */
async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    const { name, message, line, column, path, detail } = error
    return { name, message, line, column, path, detail }
  }
}

const onThread = (kind: ReadingKind, text: string): Promise<unknown> =>
  outcome(async () => whole(await reader.read(kind, text, options)))
const atOnce = (kind: ReadingKind, text: string): Promise<unknown> => outcome(() => readText(kind, text, options))

describe('a large document is read as a small one is', () => {
  test.each(globSync('*/*.txt', { cwd: goldenFolder }))('%s', async (file) => {
    const text = enlarged(goldenDocument(file))
    for (const kind of kinds) expect(await onThread(kind, text)).toEqual(await atOnce(kind, text))
  })

  test('with lists that take several pieces, in their order', async () => {
    const text = operations(1000)
    const description = await reader.read('RestApi', text, options)
    expect([...description.resources]).toHaveLength(1 + 50 + 1000 + 1000)
    expect(whole(description)).toEqual(readText('RestApi', text, options))
    expect(whole(description)).toEqual(whole(description))
  })

  test('from its UTF-8, with a byte order mark or without', async () => {
    const text = operations(1000).replace('large', 'große')
    for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`), Buffer.from(operations(1))]) {
      const description = await reader.read('RestApi', bytes, options)
      expect(whole(description)).toEqual(readText('RestApi', new TextDecoder().decode(bytes), options))
    }
  })

  test.each([
    ['JSON with a mistake', '{"openapi": "3.0.1",\n "paths": {]}'],
    ['YAML with a mistake', 'openapi: 3.0.1\npaths: {a: ]'],
    ['a list', '[]'],
    ['a text', 'hello'],
    ['no dialect', '{"paths": {}}'],
    ['Swagger 2.0, which HTTP APIs are not made of', '{"swagger": "2.0", "info": {"title": "a"}, "paths": {}}'],
    ['a document nested too deeply', `${'['.repeat(300)}${']'.repeat(300)}`],
    ['a document of more than 6 MB', `{"openapi": "3.0.1", "a": "${'a'.repeat(6 * 1024 * 1024)}"}`],
    ['names that objects have', '{"openapi": "3.0.1", "paths": {"/a": {"get": {"responses": {"__proto__": {}}}}}}'],
  ])('%s', async (_, text) => {
    for (const kind of kinds) expect(await onThread(kind, enlarged(text))).toEqual(await atOnce(kind, enlarged(text)))
  })
})

describe('the process goes on while a large document is read', () => {
  test('others have their turns', async () => {
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    await reader.read('RestApi', operations(1000), options)
    clearInterval(turning)
    // Read at once, it is there before the first.
    expect(turns).toBeGreaterThan(5)
  })

  test('a small one does not wait for a large one', async () => {
    const order: string[] = []
    const large = reader.read('RestApi', operations(1000), options).then(() => order.push('large'))
    await reader.read('RestApi', operations(1), options).then(() => order.push('small'))
    await large
    expect(order).toEqual(['small', 'large'])
  })
})

describe('what one document may take is bounded', () => {
  test('time', async () => {
    const impatient = createDocumentReader({ timeMs: 1, memoryMb: 1024 })
    const reading = impatient.read('RestApi', operations(5000), options)
    await expect(reading).rejects.toThrow(new DocumentFault('The document takes longer to read than 1 ms.', start))
    await impatient.close()
  })

  test('memory, and the next document has all of it again', async () => {
    const small = createDocumentReader({ timeMs: 20_000, memoryMb: 24 })
    const large = JSON.stringify({ openapi: '3.0.1', 'x-numbers': Array.from({ length: 400_000 }, () => 1) })
    const reading = small.read('RestApi', large, options)
    const message = 'The document takes more memory to read than 24 MB.'
    await expect(reading).rejects.toThrow(new DocumentFault(message, start))
    const { resources } = await small.read('RestApi', operations(100), options)
    expect([...resources]).toHaveLength(1 + 50 + 100 + 100)
    await small.close()
  })
})

test('a reader that is closed gives up what it reads and takes no more', async () => {
  const closed = createDocumentReader()
  const reading = closed.read('RestApi', operations(5000), options)
  const refused = expect(reading).rejects.toThrow('aborted')
  await setImmediate()
  await closed.close()
  await refused
  await expect(closed.read('RestApi', operations(1000), options)).rejects.toThrow('aborted')
})

const start = { line: 1, column: 1, path: '' }
