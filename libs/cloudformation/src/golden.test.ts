// Replays golden/*.txt: what it shows, `====`, the template, `----`, what becomes of it.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { jsonOf, readTemplate } from './index.ts'

const folder = new URL('../golden/', import.meta.url)

/** `SLUICE_GOLDEN=write` puts down what comes of the templates now, to be read by a person before it is kept. */
const write = process.env['SLUICE_GOLDEN'] === 'write'

const includedDocument = `openapi: 3.0.1
info: { title: included, version: '1' }
paths:
  /a:
    get: { responses: {}, x-amazon-apigateway-integration: { type: mock, uri: { Fn::Sub: '\${Fn.Arn}' } } }
`

for (const file of globSync('*.txt', { cwd: folder }).sort()) {
  const url = new URL(file, folder)
  const [head = '', rest = ''] = readFileSync(url, 'utf8').split('\n====\n')
  const [text = '', expected = ''] = rest.split('\n----\n')

  test(head, () => {
    const found = outcomeOf(text)
    if (write) writeFileSync(url, `${head}\n====\n${text.trimEnd()}\n----\n${JSON.stringify(found, null, 2)}\n`)
    else expect(found).toEqual(JSON.parse(expected))
  })
}

function outcomeOf(text: string): unknown {
  const template = readTemplate(text, {
    accountId: '123456789012',
    region: 'us-east-1',
    stackName: 'golden',
    readFile: (location) => (location === 'api.yaml' ? includedDocument : undefined),
  })
  const values = {
    ref: (logicalId: string) => `<${logicalId}>`,
    attribute: (logicalId: string, name: string) => `<${logicalId}:${name}>`,
  }
  return {
    resources: template.resources.map(({ logicalId, type, place, dependencies, retained, resolve }) => ({
      id: `${logicalId} ${type} ${place.line}:${place.column}${retained ? ' retained' : ''}`,
      dependencies,
      properties: jsonOf(resolve(values)),
    })),
    outputs: Object.fromEntries(template.outputs.map(({ name, resolve }) => [name, resolve(values)])),
    warnings: template.warnings.map(({ line, column, message }) => `${line}:${column} ${message}`),
  }
}
