// The sketched mapping template: of ordinary schemas, and of what a model may hold without being one.
import { expect, test } from 'vitest'
import { modelTemplate } from './model-template.ts'

const start = "#set($inputRoot = $input.path('$'))\n"

test('sketches objects with constants and arrays with loops', () => {
  const schema = {
    type: 'object',
    properties: { id: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
  }
  expect(modelTemplate(JSON.stringify(schema))).toBe(`${start}{
  "id" : 42,
  "tags" : [
##TODO: Update this foreach loop to reference array from input json
#foreach($elem in $inputRoot.tags)
    "foo"#if($foreach.hasNext),#end
#end
  ]
}`)
})

test.for([
  ['text that is no JSON', '<schema/>', '"foo"'],
  ['null', 'null', '"foo"'],
  ['properties that are null', '{"type":"object","properties":null}', '{ }'],
  ['a property that is null', '{"properties":{"a":null}}', '{\n  "a" : "foo"\n}'],
  ['a reference that is no text', '{"$ref":7}', '"foo"'],
  ['a reference to nothing', '{"$ref":"#/definitions/__proto__"}', '{ }'],
  ['definitions that are a text', '{"definitions":"a","$ref":"#/definitions/b"}', '{ }'],
] as const)('takes %s', ([, schema, body]) => {
  expect(modelTemplate(schema)).toBe(`${start}${body}`)
})
