// Models as checks: each pattern is its own, and no name of a member means more than its letters.
import { expect, test } from 'vitest'
import { createModels } from './models.ts'

/** What each body reads against the schema: undefined where it fits. */
async function problems(schema: object | string, bodies: readonly string[]): Promise<(string | undefined)[]> {
  const models = createModels([{ name: 'M', schema: typeof schema === 'string' ? schema : JSON.stringify(schema) }])
  const check = await models.check('M')
  expect(check.unusable).toBeUndefined()
  return bodies.map((body) => check.problem(JSON.parse(body), body.length))
}

test('two patterns of one model are two', async () => {
  const properties = { a: { pattern: '^a$' }, b: { pattern: '^b$' } }
  expect(await problems({ properties }, ['{"a": "a", "b": "b"}', '{"a": "a", "b": "a"}'])).toEqual([
    undefined,
    'ECMA 262 regex "^b$" does not match input string "a"',
  ])
})

test('patterns of two models of one API are two', async () => {
  const models = createModels([
    { name: 'A', schema: '{"pattern": "^a$"}' },
    { name: 'B', schema: '{"pattern": "^b$"}' },
  ])
  const [a, b] = [await models.check('A'), await models.check('B')]
  expect([a.problem('a', 1), a.problem('b', 1) === undefined]).toEqual([undefined, false])
  expect([b.problem('b', 1), b.problem('a', 1) === undefined]).toEqual([undefined, false])
})

test('a pattern of names is not another pattern', async () => {
  const schema = {
    properties: { name: { pattern: '^[a-z]+$' } },
    patternProperties: { '^x-': { type: 'integer' } },
    additionalProperties: false,
  }
  expect(await problems(schema, ['{"name": "pet", "x-age": 3}', '{"name": "pet", "age": 3}'])).toEqual([
    undefined,
    'object instance has properties which are not allowed by the schema: ["age"]',
  ])
})

test('what every object inherits is no member of a body', async () => {
  const properties = { constructor: { type: 'string' }, toString: { type: 'object' }, valueOf: { type: 'null' } }
  expect(await problems({ properties }, ['{}', '{"toString": 1}'])).toEqual([
    undefined,
    'instance type (integer) does not match any allowed primitive type (allowed: ["object"])',
  ])
  expect(
    await problems({ required: ['constructor', '__proto__'] }, ['{"constructor": 1, "__proto__": 1}', '{}']),
  ).toEqual([undefined, 'object has missing required properties (["__proto__","constructor"])'])
})

test('a member may be called __proto__', async () => {
  const own = '{"properties": {"__proto__": {"type": "integer"}}, "additionalProperties": false}'
  expect(await problems(own, ['{"__proto__": 1}', '{"__proto__": "a"}', '{"__proto__\\n": 1}'])).toEqual([
    undefined,
    'instance type (string) does not match any allowed primitive type (allowed: ["integer"])',
    'object instance has properties which are not allowed by the schema: ["__proto__\\n"]',
  ])
  const like = '{"patternProperties": {"__proto__": {"type": "integer"}}}'
  expect(await problems(like, ['{"a__proto__": 1}', '{"a__proto__": "a"}'])).toEqual([
    undefined,
    'instance type (string) does not match any allowed primitive type (allowed: ["integer"])',
  ])
})

test('an enum compares values, whatever their members are called', async () => {
  const schema = '{"enum": ["a", 1, null, {"a": 1, "b": [2]}, {"toString": 3}]}'
  const fitting = ['"a"', '1', '1.0', 'null', '{"b": [2], "a": 1}', '{"toString": 3}']
  expect(await problems(schema, fitting)).toEqual(fitting.map(() => undefined))
  const others = ['"1"', 'true', '{"toString": null}', '{"valueOf": 1}', '{"a": 1}', '{"a": 1, "b": [2], "c": 3}', '[]']
  expect((await problems(schema, others)).map((problem) => problem?.replace(/^.*not found/, 'not found'))).toEqual(
    others.map(() => 'not found in enum (possible values: ["a",1,null,{"a":1,"b":[2]},{"toString":3}])'),
  )
})
