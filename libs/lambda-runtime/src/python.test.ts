// Python functions: answers, context, log and errors in Lambda's form.
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FunctionDefinition, InvokeResult } from './definition.ts'
import { bytesOf, functionOf, jsonOf, openFixture } from './fixture.ts'
import type { Fixture } from './fixture.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
let fixture: Fixture
let count = 0

beforeAll(async () => {
  fixture = await openFixture()
})

afterAll(() => fixture.close())

async function run(
  source: string | Readonly<Record<string, string>>,
  changes: Partial<FunctionDefinition> = {},
): Promise<InvokeResult> {
  const name = `p${count++}`
  await fixture.runtime.define(functionOf(source, { name, runtime: 'python3.12', ...changes }))
  const options = { requestId: 'ID', logType: 'Tail', clientContext: '{"custom":{"k":"v"},"client":{}}' } as const
  return fixture.runtime.invoke(name, bytesOf({ id: 1 }), options)
}

test('without python3, the invoker is told so', async () => {
  const path = process.env['PATH']
  process.env['PATH'] = '/nowhere'
  try {
    await expect(run('')).rejects.toMatchObject({
      code: 'InvalidRuntime',
      message: "The runtime python3.12 needs python3 on this machine's PATH, and there is none",
    })
  } finally {
    process.env['PATH'] = path
  }
})

describe.runIf(hasPython)('python', () => {
  test('answers with events, context and module state', async () => {
    const { payload } = await run(`
from decimal import Decimal
def handler(event, context):
    return {'event': event, 'name': context.function_name, 'version': context.function_version,
            'arn': context.invoked_function_arn, 'memory': context.memory_limit_in_mb,
            'id': context.aws_request_id, 'group': context.log_group_name,
            'left': 9000 < context.get_remaining_time_in_millis() <= 10000,
            'custom': context.client_context.custom, 'pool': context.identity.cognito_identity_pool_id,
            'decimal': Decimal('1.5'), 'text': 'é'}
`)
    expect(jsonOf(payload)).toEqual({
      event: { id: 1 },
      name: 'p1',
      version: '$LATEST',
      arn: 'arn:aws:lambda:us-east-1:123456789012:function:p1',
      memory: '256',
      id: 'ID',
      group: '/aws/lambda/p1',
      left: true,
      custom: { k: 'v' },
      pool: null,
      decimal: 1.5,
      text: 'é',
    })
    expect(Buffer.from(payload).toString()).toContain('"é"')
  })

  test('keeps module state between invocations of a warm sandbox', async () => {
    const source = 'count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count\n'
    await fixture.runtime.define(functionOf(source, { name: 'warm', runtime: 'python3' }))
    const first = await fixture.runtime.invoke('warm', bytesOf({}))
    const second = await fixture.runtime.invoke('warm', bytesOf({}))
    expect([jsonOf(first.payload), jsonOf(second.payload)]).toEqual([1, 2])
  })

  test('logs what is printed and what is logged, in order', async () => {
    const { logTail } = await run(`
import logging, sys
def handler(event, context):
    print('one\\ntwo')
    logging.getLogger().warning('careful %d', 1)
    logging.info('not shown')
    print('error', file=sys.stderr)
    print('no newline', end='')
`)
    expect(logTail).toMatch(
      /^START .*\none\ntwo\n\[WARNING\]\t[\d-]+T[\d:]+\.\d{3}Z\tID\tcareful 1\nerror\nno newline\nEND /,
    )
  })

  test('fails with the class, message and stack of an exception', async () => {
    const result = await run(`
class PetError(Exception):
    pass
def handler(event, context):
    raise PetError('no pets')
`)
    expect(result.functionError).toBe('Unhandled')
    expect(jsonOf(result.payload)).toEqual({
      errorMessage: 'no pets',
      errorType: 'PetError',
      requestId: 'ID',
      stackTrace: [
        expect.stringMatching(/^ {2}File ".*app\.py", line 5, in handler\n {4}raise PetError\('no pets'\)\n/),
      ],
    })
    expect(result.logTail).toContain('[ERROR] PetError: no pets\nTraceback (most recent call last):\n  File ')
  })

  test.each<[string, string | Record<string, string>, string, string, RegExp]>([
    [
      'a missing module',
      { 'other.py': '' },
      'app.handler',
      'Runtime.ImportModuleError',
      /^Unable to import module 'app': No module named 'app'$/,
    ],
    [
      'a missing dependency',
      'import missing_thing',
      'app.handler',
      'Runtime.ImportModuleError',
      /^Unable to import module 'app': No module named 'missing_thing'$/,
    ],
    [
      'a missing function',
      'x = 1',
      'app.handler',
      'Runtime.HandlerNotFound',
      /^Handler 'handler' missing on module 'app'$/,
    ],
    [
      'no function in its name',
      'x = 1',
      'app',
      'Runtime.MalformedHandlerName',
      /^Bad handler 'app': not enough values to unpack \(expected 2, got 1\)$/,
    ],
    [
      'a syntax error',
      'def handler(:\n',
      'app.handler',
      'Runtime.UserCodeSyntaxError',
      /^Syntax error in module 'app': invalid syntax \(app\.py, line 1\)$/,
    ],
    ['an error at the top', `raise KeyError('top')`, 'app.handler', 'KeyError', /^'top'$/],
    [
      'an answer without JSON',
      'def handler(e, c):\n    return {1, 2}\n',
      'app.handler',
      'Runtime.MarshalError',
      /^Unable to marshal response: Object of type set is not JSON serializable$/,
    ],
  ])('fails for %s', async (...[, source, handler, errorType, errorMessage]) => {
    const result = await run(source, { handler })
    expect(result.functionError).toBe('Unhandled')
    expect(jsonOf(result.payload)).toMatchObject({ errorType, errorMessage: expect.stringMatching(errorMessage) })
  })

  test('fails with its exit status, and is started again', async () => {
    const source = `import sys\ndef handler(event, context):\n    sys.exit(4) if event.get('exit') else None\n    return 'fine'\n`
    await fixture.runtime.define(functionOf(source, { name: 'exits', runtime: 'python3.12' }))
    const failed = await fixture.runtime.invoke('exits', bytesOf({ exit: true }), { requestId: 'ID' })
    expect(jsonOf(failed.payload)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: ID Error: Runtime exited with error: exit status 4',
    })
    expect(jsonOf((await fixture.runtime.invoke('exits', bytesOf({}))).payload)).toBe('fine')
  })

  test('finds modules in packages', async () => {
    const files = { 'src/api/app.py': 'from src.api import words\ndef handler(e, c):\n    return words.word\n' }
    const { payload } = await run(
      { ...files, 'src/api/words.py': `word = 'found'` },
      { handler: 'src/api/app.handler' },
    )
    expect(jsonOf(payload)).toBe('found')
  })
})
