// A function's own variables are refused when Lambda would refuse them.
import { expect, test } from 'vitest'
import { checkEnvironment } from './env.ts'

test('refuses reserved names, naming them', () => {
  expect(() => checkEnvironment({ AWS_REGION: 'x', STAGE: 'y', _HANDLER: 'z' })).toThrow(
    'Lambda was unable to configure your environment variables because the environment variables you have provided ' +
      'contains reserved keys that are currently not supported for modification. ' +
      'Reserved keys used in this request: AWS_REGION, _HANDLER',
  )
})

test('refuses more than 4 KB in all', () => {
  expect(() => checkEnvironment({ BIG: 'x'.repeat(4087) })).toThrow(
    'exceeded the 4KB limit. String measured: {"BIG":"xx',
  )
  expect(() => checkEnvironment({ BIG: 'x'.repeat(4086) })).not.toThrow()
})

test.each(['', '1A', 'A B', 'A=B', '__proto__'])('refuses the name %j', (name) => {
  expect(() => checkEnvironment(Object.fromEntries([[name, 'x']]))).toThrow(`not allowed: ${JSON.stringify(name)}`)
})

test('refuses a value that no process can have', () => {
  expect(() => checkEnvironment({ AB: 'a\0b' })).toThrow('not allowed: "AB"')
})
