// Formats of access logs as the three kinds of APIs take and refuse them.
import { describe, expect, test } from 'vitest'
import { logNames, type LoggedKind } from '../nouns/log-variables.ts'
import { logFormatProblem } from './log-format.ts'

const unsupported = (...names: string[]) => `The following context variables are not supported: [${names.join(', ')}]`

function noRequestId(kind: LoggedKind, format: string): string {
  const must = 'Access Log format must include either $context.requestId or $context.extendedRequestId'
  return kind === 'REST' ? must : `The following errors are found in Access Log Format: ${must} : '${format}'`
}

const kinds: readonly LoggedKind[] = ['REST', 'HTTP', 'WEBSOCKET']

describe.each(kinds)('the format of a log of %s APIs', (kind) => {
  const problem = (format: string) => logFormatProblem(kind, format)

  test('names what its API knows', () => {
    const known = [...logNames[kind], 'requestId', 'authorizer.principalId', 'identity.userArn', 'error.responseType']
    expect(problem(known.map((name) => `"$context.${name}"`).join(' '))).toBeUndefined()
  })

  test('names what an authorizer told as it likes', () => {
    expect(problem('$context.requestId $context.authorizer.my_key $context.authorizer.claims.sub')).toBeUndefined()
  })

  test('has a request id', () => {
    expect(problem('$context.extendedRequestId')).toBeUndefined()
    expect(problem('$context.status')).toBe(noRequestId(kind, '$context.status'))
    expect(problem('none')).toBe(noRequestId(kind, 'none'))
  })

  test('names nothing else: each such name is told once, with all that could belong to it', () => {
    expect(problem('$context.requestId $context.nobody')).toBe(unsupported('$context.nobody'))
    expect(problem('$context.request.header.mcp-method, $context.b. $context.b $context.requestIds')).toBe(
      unsupported('$context.request.header.mcp-method', '$context.b', '$context.requestIds'),
    )
    expect(problem('$context.requestId $context.authorizer $context.error $context.__proto__')).toBe(
      unsupported('$context.authorizer', '$context.error', '$context.__proto__'),
    )
  })

  test('may have behind a name what could belong to it, and text with dollars', () => {
    expect(problem('$context.status-$context.requestId. $input.body $context $ctx.a ${context.b}')).toBeUndefined()
  })

  test('is one line of at most 3 KB', () => {
    expect(problem('$context.requestId\n')).toBeUndefined()
    expect(problem('$context.requestId\n\n')).toBe(
      "Access Log format must be single line, new line character is allowed only at end of the format: '$context.requestId\n\n'",
    )
    expect(problem('$context.requestId'.padEnd(3072, ' x'))).toBeUndefined()
    expect(problem('$context.requestId'.padEnd(3073, ' x'))).toBe('Access Log format must have 1 to 3072 bytes')
  })
})

test.each<[LoggedKind, string]>([
  ['REST', 'routeKey'],
  ['REST', 'dataProcessed'],
  ['REST', 'connectionId'],
  ['HTTP', 'resourceId'],
  ['HTTP', 'xrayTraceId'],
  ['HTTP', 'identity.apiKey'],
  ['HTTP', 'requestOverride.header.a'],
  ['WEBSOCKET', 'dataProcessed'],
  ['WEBSOCKET', 'path'],
  ['WEBSOCKET', 'responseOverride.status'],
])('an API of the kind %s has no %s', (kind, name) => {
  expect(logFormatProblem(kind, `$context.requestId $context.${name}`)).toBe(unsupported(`$context.${name}`))
})

test.each(kinds)('the CDK’s common log format is one of %s APIs', (kind) => {
  const format =
    '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId'
  expect(logFormatProblem(kind, format)).toBeUndefined()
})

test('templates of REST APIs override what their logs can name', () => {
  const names = ['requestOverride.header.traceparent', 'requestOverride.path.id', 'requestOverride.querystring.q']
  const format = (named: readonly string[]) => named.map((name) => `$context.${name}`).join(' ')
  const known = [...names, 'responseOverride.header.x-y', 'responseOverride.status', 'requestId']
  expect(logFormatProblem('REST', format(known))).toBeUndefined()
  expect(logFormatProblem('REST', format(['requestId', 'responseOverride.path.a']))).toBe(
    unsupported('$context.responseOverride.path.a'),
  )
})
