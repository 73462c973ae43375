// What no document may do: bring down reader or writer, run them for long, or fill the list of warnings.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DocumentFault,
  errorsSentence,
  parseDocument,
  readDocumentation,
  readHttpApi,
  readRestApi,
  warningsSentence,
  writeHttpApi,
  writeRestApi,
} from './index.ts'

function read(text: string): 'read' | 'refused' {
  try {
    const document = parseDocument(text)
    const rest = readRestApi(document, { basepath: 'prepend' })
    const style = { format: 'yaml', server: { host: 'h', stage: 's' }, versionFallback: '1' } as const
    readRestApi(parseDocument(writeRestApi(rest, { ...style, version: 'oas30', extensions: new Set(['apigateway']) })))
    const http = readHttpApi(document, { basepath: 'split' })
    readHttpApi(parseDocument(writeHttpApi(http, { ...style, includeExtensions: true })))
    return 'read'
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    expect(error.line).toBeGreaterThan(0)
    expect(error.column).toBeGreaterThan(0)
    return 'refused'
  }
}

/** Words a document could hold anywhere, so that random trees reach the rules and not only the root. */
const word = fc.constantFrom(
  ...'swagger openapi info title version paths /a /a/{b+} get x-amazon-apigateway-any-method parameters in name'.split(
    ' ',
  ),
  ...'requestBody content application/json schema $ref #/components/schemas/A components schemas responses 200'.split(
    ' ',
  ),
  ...'security securitySchemes x-amazon-apigateway-authorizer x-amazon-apigateway-integration type mock jwt uri'.split(
    ' ',
  ),
  ...'statusCode default servers url variables basePath tags x-amazon-apigateway-documentation location __proto__'.split(
    ' ',
  ),
  ...'x-amazon-apigateway-cors x-amazon-apigateway-gateway-responses allOf items #/paths constructor toString'.split(
    ' ',
  ),
)
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    word,
    fc.constantFrom(null, true, 0, 1.5, '2.0', '3.0.1', ''),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(word, tie('node'), { maxKeys: 6 }),
  ),
})).node
const documentText = fc
  .tuple(tree, tree, tree, fc.constantFrom('{"swagger":"2.0"', '{"openapi":"3.0.1"', '{"openapi":"3.1.0"'))
  .map(([paths, components, rest, head]) => {
    const root = typeof rest === 'object' && rest !== null && !Array.isArray(rest) ? rest : {}
    const members = { ...root, paths: { '/a': { get: paths }, '/b': paths }, components, definitions: components }
    return `${head},${JSON.stringify(members).slice(1)}`
  })

describe('no input throws anything but a DocumentFault', () => {
  test('arbitrary text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void read(text)),
      { numRuns: 500 },
    )
  })

  test('text made of the marks of JSON and YAML', () => {
    const mark = fc.constantFrom(
      ...'[]{}:,"\'-?&*!|>%@`#\n \t'.split(''),
      'a',
      '---',
      '...',
      '<<',
      '&a',
      '*a',
      '!!binary',
      '%YAML 1.1',
    )
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 40 }), (marks) => void read(marks.join(''))),
      { numRuns: 2000 },
    )
  })

  test('documents with anything anywhere', () => {
    fc.assert(
      fc.property(documentText, (text) => void read(text)),
      { numRuns: 1000 },
    )
  })
})

test('methods and routes remember where they stand', () => {
  const document = parseDocument('openapi: 3.0.1\npaths:\n  /a:\n    get: {}\n')
  const place = { line: 4, column: 5, path: '/paths/~1a/get' }
  expect(readRestApi(document).resources[1]?.methods[0]?.place).toEqual(place)
  expect(readHttpApi(document).routes[0]?.place).toEqual(place)
})

test('documentation parts can be read by themselves', () => {
  const part = { location: { type: 'API' }, properties: { a: 1 } }
  const text = JSON.stringify({ openapi: '3.0.1', 'x-amazon-apigateway-documentation': { documentationParts: [part] } })
  expect(readDocumentation(parseDocument(text))).toEqual({
    documentationParts: [{ location: { type: 'API' }, properties: '{"a":1}' }],
    warnings: [],
  })
  expect(readRestApi(parseDocument(text), { ignoreDocumentation: true }).documentationParts).toEqual([])
})

test('sentences of an import list errors and warnings one to a line', () => {
  expect(errorsSentence(['a', 'b'], [])).toBe('Errors found during import:\n\ta\n\tb')
  expect(errorsSentence(['a'], ['w'])).toBe(
    'Errors found during import:\n\ta\nAdditionally, these warnings were found:\n\tw',
  )
  expect(warningsSentence(['w', 'x'])).toBe('Warnings found during import:\n\tw\n\tx')
})

describe('budgets of a reading', () => {
  test('refuses references that pull in more than the budget', () => {
    const headers = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`h${i}`, {}]))
    const item = { get: { responses: { 200: { $ref: '#/responses/R' } } } }
    const paths = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`/p${i}`, item]))
    const text = JSON.stringify({
      swagger: '2.0',
      info: { title: 't', version: '1' },
      paths,
      responses: { R: { headers } },
    })
    expect(() => readRestApi(parseDocument(text))).toThrow(
      expect.objectContaining({ detail: 'The references of the document pull in too much', path: '/paths/~1p800/get' }),
    )
  })

  test('refuses more operations than an API can have', () => {
    const paths = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`/p${i}`, { get: {} }]))
    expect(read(JSON.stringify({ openapi: '3.0.0', paths }))).toBe('refused')
  })

  test('ends a chain of references that runs in a circle', () => {
    const text = JSON.stringify({
      swagger: '2.0',
      info: { title: 't', version: '1' },
      paths: { '/a': { $ref: '#/paths/~1a' } },
    })
    const [warning] = readRestApi(parseDocument(text)).warnings
    expect(warning?.message).toMatch(/^Unable to resolve reference '#\/paths\/~1a'/)
  })

  test('keeps a thousand warnings and says that there are more', () => {
    const paths = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`/p${i}`, { trace: {} }]))
    const { warnings } = readRestApi(
      parseDocument(JSON.stringify({ openapi: '3.0.0', info: { title: 't', version: '1' }, paths })),
    )
    expect(warnings.length).toBe(1001)
    expect(warnings.at(-1)?.message).toBe('There are more warnings than can be listed.')
  })

  test('reads a thousand operations within a second', () => {
    const operation = {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: { description: 'ok', content: { 'application/json': { schema: { $ref: '#/components/schemas/M' } } } },
      },
      'x-amazon-apigateway-integration': { type: 'http_proxy', httpMethod: 'GET', uri: 'http://example.com/{id}' },
    }
    const paths = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`/p${i}/{id}`, { get: operation, put: operation }]),
    )
    const components = { schemas: { M: { type: 'object', properties: { a: { type: 'string' } } } } }
    const text = JSON.stringify({ openapi: '3.0.1', info: { title: 't', version: '1' }, paths, components })
    const started = performance.now()
    const { resources } = readRestApi(parseDocument(text))
    expect(performance.now() - started).toBeLessThan(1000)
    expect(resources.flatMap(({ methods }) => methods).length).toBe(1000)
  })
})
