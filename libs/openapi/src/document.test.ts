// Reading text: places, the two notations, what is substituted, and the budgets that end a reading.
import { describe, expect, test } from 'vitest'
import { parseDocument } from './document.ts'
import { DocumentFault } from './fault.ts'
import { compactJson } from './json-text.ts'
import { entriesOf, member, textOf } from './node.ts'
import type { Node } from './node.ts'

function faultOf(text: string): DocumentFault {
  try {
    parseDocument(text)
  } catch (error) {
    if (error instanceof DocumentFault) return error
    throw error
  }
  throw new Error('the document was read')
}

function at(node: Node, ...path: string[]): Node {
  return path.reduce((from, name) => {
    const found = member(from, name)
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }, node)
}

describe('parseDocument', () => {
  test('reads JSON and YAML into the same tree', () => {
    const json = parseDocument('{"a": [1, 2.50, true, null, "x\\u00e9\\n"], "b": {"c": {}}}').root
    const yaml = parseDocument('a: [1, 2.50, true, null, "x\\u00e9\\n"]\nb:\n  c: {}\n').root
    expect(compactJson(json)).toBe('{"a":[1,2.50,true,null,"xé\\n"],"b":{"c":{}}}')
    expect(compactJson(yaml)).toBe(compactJson(json))
  })

  test('keeps numbers and number keys as they are written', () => {
    const { root } = parseDocument('version: 1.0\nresponses:\n  200: ok\n')
    expect(textOf(at(root, 'version'))).toBe('1.0')
    expect([...entriesOf(at(root, 'responses')).keys()]).toEqual(['200'])
  })

  test('places a member at its key, in block and in JSON form', () => {
    const yaml = parseDocument('paths:\n  /a~b/{c}:\n    get:\n      x: 1\n')
    expect(yaml.placeOf(at(yaml.root, 'paths', '/a~b/{c}', 'get'))).toEqual({
      line: 3,
      column: 5,
      path: '/paths/~1a~0b~1{c}/get',
    })
    const json = parseDocument('{\n "a": {\n  "b": 1 } }')
    expect(json.placeOf(at(json.root, 'a', 'b'))).toEqual({ line: 3, column: 3, path: '/a/b' })
    expect(json.placeOf(json.root)).toEqual({ line: 1, column: 1, path: '' })
  })

  test('places what an alias stands for where the alias stands', () => {
    const document = parseDocument('a: &x\n  k: 1\nb: *x\n')
    expect(document.placeOf(at(document.root, 'b'))).toEqual({ line: 3, column: 1, path: '/b' })
    expect(document.placeOf(at(document.root, 'b', 'k'))).toEqual({ line: 2, column: 3, path: '/a/k' })
  })

  test('puts the pseudo parameters in, in keys as in values, and leaves other variables alone', () => {
    const variables = { accountId: '1', partition: 'aws-cn', region: 'cn-north-1' }
    const text = '{"${AWS::Region}": "arn:${AWS::Partition}:${AWS::AccountId}:${AWS::StackName}:${x}"}'
    expect(compactJson(parseDocument(text, { variables }).root)).toBe(
      '{"cn-north-1":"arn:aws-cn:1:${AWS::StackName}:${x}"}',
    )
    expect(compactJson(parseDocument(text).root)).toBe(text.replace(': ', ':'))
  })

  test('lets merge keys give way to members of their own, and quoted ones be plain keys', () => {
    const { root } = parseDocument('base: &b {x: 1, y: 2}\nuse: {y: 3, <<: [*b, {z: 4}]}\nplain: {"<<": *b}\n')
    expect(compactJson(at(root, 'use'))).toBe('{"y":3,"x":1,"z":4}')
    expect(compactJson(at(root, 'plain'))).toBe('{"<<":{"x":1,"y":2}}')
  })

  test('takes a YAML flow mapping for what it is although it begins like JSON', () => {
    expect(compactJson(parseDocument("{swagger: '2.0', a: [b, c,],}").root)).toBe('{"swagger":"2.0","a":["b","c"]}')
  })

  test('accepts a byte order mark and counts columns as if it were there', () => {
    const { root, placeOf } = parseDocument('\uFEFF{"a":1}')
    expect(placeOf(at(root, 'a'))).toEqual({ line: 1, column: 3, path: '/a' })
  })

  test.each([
    ['a: [1', 1, 6],
    ['a: b\n  c: d\n', 1, 4],
    ['a: *nowhere\n', 1, 4],
    ['{"a": 1,}x', 1, 9],
    ['{"a": "b', 1, 7],
    ['{"a": "\\q"}', 1, 7],
    ['a: 1\n]', 2, 1],
    ['? {a: 1}\n: 2\n', 1, 3],
  ])('refuses %j with the sentence of AWS and the place', (text, line, column) => {
    const fault = faultOf(text)
    expect(fault.message).toBe('Invalid OpenAPI input.')
    expect([fault.line, fault.column]).toEqual([line, column])
    expect(fault.detail).not.toBe(fault.message)
  })

  test('refuses a document larger than the quota of AWS', () => {
    expect(faultOf(' '.repeat(6 * 1024 * 1024 + 1)).detail).toBe('The document is larger than 6 MB')
  })

  test('refuses aliases that expand beyond the budget, in no time', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`)
    const started = performance.now()
    expect(faultOf(`l0: &l0 x\n${levels.join('\n')}`).detail).toBe('The document has too many nodes')
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('refuses an alias inside its own anchor', () => {
    expect(faultOf('a: &a [*a]').detail).toBe('The alias *a has no anchor before it')
  })

  test.each([
    ['JSON', '[{"a":'.repeat(50_000)],
    ['YAML flow', `a: ${'['.repeat(50_000)}`],
    ['YAML block', `${'- '.repeat(50_000)}a`],
    ['YAML indentation', Array.from({ length: 1500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('refuses %s nested too deeply', (_, text) => {
    expect(faultOf(text).detail).toBe('The document is nested too deeply')
  })

  test('stops at the first of very many mistakes', () => {
    const started = performance.now()
    expect(faultOf(`a: b\n${']'.repeat(1_000_000)}`).detail).toBe('Unexpected flow-seq-end token in YAML stream')
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('remembers keys that appear twice and lets the last one count', () => {
    const { root, duplicateKeys } = parseDocument('{"a": 1, "a": 2}')
    expect(compactJson(root)).toBe('{"a":2}')
    expect(duplicateKeys).toEqual([9])
  })
})

describe('a large document, whose path items are read when they are looked into', () => {
  const item = '{"get": {"a": 1, "a": [2, "${AWS::Region}"]}, "$ref": "#/paths/~1b"}'
  const large = (pathItem: string): string =>
    `{"info": "${' '.repeat(70_000)}",\n "paths": {"/a": ${pathItem}, "/b": {"get": {}}, "x-c": null},\n "paths2": {"d": {}}}`
  const variables = { accountId: '1', partition: 'aws', region: 'eu-west-1' }

  test('says what it says, as often as it is asked', () => {
    const { root, duplicateKeys } = parseDocument(large(item), { variables })
    const paths = '{"/a":{"get":{"a":[2,"eu-west-1"]},"$ref":"#/paths/~1b"},"/b":{"get":{}},"x-c":null}'
    for (let time = 0; time < 2; time++) expect(compactJson(at(root, 'paths'))).toBe(paths)
    expect(compactJson(at(root, 'paths2'))).toBe('{"d":{}}')
    expect(duplicateKeys).toEqual([large(item).indexOf('"a": [')])
  })

  test('places what is in them', () => {
    const document = parseDocument(large(item))
    const get = at(document.root, 'paths', '/a', 'get')
    expect(document.placeOf(at(document.root, 'paths', '/b', 'get')).path).toBe('/paths/~1b/get')
    expect(document.placeOf(get)).toEqual({ line: 2, column: 19, path: '/paths/~1a/get' })
    expect(document.placeOf(at(document.root, 'paths', '/a'))).toEqual({ line: 2, column: 12, path: '/paths/~1a' })
  })

  test('is refused for a mistake in one of them', () => {
    expect(faultOf(large('{"get": ]}'))).toMatchObject({ line: 2, column: 26 })
    expect(faultOf(large('{"get":'.repeat(300) + '}'.repeat(300))).detail).toBe('The document is nested too deeply')
  })
})
