// Route selection expressions: what they read from a message, and what they refuse.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileSelection, type SelectionSources } from './selection-expression.ts'

const payload = {
  service: 'chat',
  action: 'join',
  data: { room: 'room1234', 'a.b': [1, { c: true }] },
  list: [1, 'two', null],
}

const evaluate = (expression: string, sources: Partial<SelectionSources> = {}): string =>
  compileSelection(expression).evaluate({ body: payload, ...sources })

describe('of the message', () => {
  test.for([
    ['$request.body.action', 'join'],
    ['${request.body.action}', 'join'],
    ['${request.body.service}/${request.body.action}', 'chat/join'],
    ['${request.body.action}-${request.body.invalidPath}', 'join-'],
    ['$request.body.data.room', 'room1234'],
    ['action', 'action'],
    ['\\$default', '$default'],
    ['$default', '$default'],
    ["$request.body.data['a.b'][1].c", 'true'],
    ['$request.body.list[1]', 'two'],
    ['$request.body.list', '[1, two, null]'],
    ['$request.body.list[0]', '1'],
    ['$request.body.data.nothing.at.all', ''],
    ['$request.body.action.length', ''],
    ['$request.body.constructor', ''],
    ['$request.body.list.length', '3'],
    ['${request.body.action', '${request.body.action'],
    ['${nonsense}', ''],
    ['', ''],
  ] as const)('%s → %j', ([expression, result]) => {
    expect(evaluate(expression)).toBe(result)
  })

  test('a result is not evaluated again', () => {
    expect(evaluate('$request.body.action', { body: { action: '$request.body.action' } })).toBe('$request.body.action')
  })

  test('a message that is no JSON has nothing', () => {
    expect(evaluate('x${request.body.action}y', { body: undefined })).toBe('xy')
  })

  test('a member of any name is found, and never one that the message does not have', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z_$][\w$]*$/), fc.string(), (name, value) => {
        const body = Object.fromEntries([[name, value]])
        expect(evaluate(`\${request.body.${name}}`, { body })).toBe(value)
        expect(evaluate(`\${request.body.${name}}`, { body: {} })).toBe('')
      }),
    )
  })
})

test('of the answer, the headers, the context and the stage', () => {
  const response = {
    status: 404,
    header: (name: string) => (name === 'x-kind' ? ['first', 'last'] : []),
  }
  const sources = {
    response,
    header: (name: string) => (name === 'x-api-key' ? 'secret' : undefined),
    context: (name: string) => (name === 'authorizer.usageIdentifierKey' ? 'key' : undefined),
    stageVariables: { colour: 'red' },
  }
  expect(evaluate('${integration.response.statuscode}', sources)).toBe('404')
  expect(evaluate('${integration.response.header.X-Kind}', sources)).toBe('last')
  expect(evaluate('${integration.response.multivalueheader.X-Kind}', sources)).toBe('[first, last]')
  expect(evaluate('$request.header.x-api-key', sources)).toBe('secret')
  expect(evaluate('$context.authorizer.usageIdentifierKey', sources)).toBe('key')
  expect(evaluate('${stageVariables.colour}', sources)).toBe('red')
  expect(evaluate('${stageVariables.toString}', sources)).toBe('')
})

test('text without a variable is known to be always the same', () => {
  expect(compileSelection('\\$default').constant).toBe('$default')
  expect(compileSelection('200').constant).toBe('200')
  expect(compileSelection('${request.body.a}').constant).toBeUndefined()
})
